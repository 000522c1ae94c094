// `pnpm db:generate --name add_reservations`: writes the migration that leads from the last one to src/db/schema.
// `--custom` gives an empty file for SQL that a schema can't express. `--check` writes nothing and fails when the schema
// has changes that no migration makes.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rootDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const migrations = 'src/db/migrations'
const timeoutMs = 120_000

const options = process.argv.slice(2)
process.exitCode = options.includes('--check') ? check() : generate(options)

function generate(flags: readonly string[]): number {
  if (!flags.includes('--name')) {
    process.stderr.write('A migration needs a name that says what it does.\nTry: pnpm db:generate --name add_reservations\n')
    return 1
  }
  return drizzleKit({ out: migrations, flags, output: 'inherit' })
}

/** Generates into a copy; the copy stays as it was exactly when there is nothing to change. */
function check(): number {
  const scratch = `node_modules/.cache/rialto/migrations-${process.pid}`
  mkdirSync(join(rootDir, dirname(scratch)), { recursive: true })
  cpSync(join(rootDir, migrations), join(rootDir, scratch), { recursive: true })
  try {
    const before = readdirSync(join(rootDir, scratch)).length
    const code = drizzleKit({ out: scratch, flags: ['--name', 'check'], output: 'pipe' })
    const isSame = code === 0 && readdirSync(join(rootDir, scratch)).length === before
    if (isSame) return 0
    process.stderr.write('src/db/schema has changes that no migration makes.\nTry: pnpm db:generate --name what_changed\n')
    return 1
  } finally {
    rmSync(join(rootDir, scratch), { recursive: true, force: true })
  }
}

function drizzleKit({ out, flags, output }: { out: string; flags: readonly string[]; output: 'inherit' | 'pipe' }): number {
  const result = spawnSync(
    process.execPath,
    [
      join(rootDir, 'node_modules/drizzle-kit/bin.cjs'),
      'generate',
      '--dialect',
      'postgresql',
      '--schema',
      './src/db/schema/index.ts',
      '--out',
      `./${out}`,
      ...flags,
    ],
    // It asks about renames; where nobody can answer, it fails and that is the answer.
    { cwd: rootDir, stdio: [output === 'pipe' ? 'ignore' : 'inherit', output, 'inherit'], timeout: timeoutMs },
  )
  return result.status ?? 1
}
