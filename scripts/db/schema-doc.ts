// `pnpm db:schema-doc`: writes docs/SCHEMA.md from the schema and its migrations. `--check` writes nothing and fails when
// the document is not what would be written.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTables } from './schema-doc/read-tables.ts'
import { renderSchema } from './schema-doc/render.ts'

const rootDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const documentPath = join(rootDir, 'docs/SCHEMA.md')

const document = renderSchema(readTables(rootDir))
if (!process.argv.includes('--check')) {
  writeFileSync(documentPath, document)
  process.stdout.write('docs/SCHEMA.md is up to date with the schema.\n')
} else if (readFileSync(documentPath, 'utf8') !== document) {
  process.stderr.write('docs/SCHEMA.md differs from the schema.\nTry: pnpm db:schema-doc\n')
  process.exitCode = 1
}
