// Files that commands write are what those commands would write now.
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const rootDir = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
const run = promisify(execFile)

const check = (script: string) =>
  run(process.execPath, [join(rootDir, 'scripts/db', script), '--check'], { cwd: rootDir, timeout: 60_000 })

test.concurrent.each([
  ['src/db/schema/auth.ts', 'auth-schema.ts'],
  ['src/db/migrations', 'generate.ts'],
  ['docs/SCHEMA.md', 'schema-doc.ts'],
])('%s is what %s writes, to the byte', async (_file, script) => {
  await expect(check(script)).resolves.toMatchObject({ stderr: '' })
})
