// `pnpm db:generate --name add_reservations`: writes the migration that leads from the last one to src/db/schema.
// `--custom` gives an empty file for SQL that a schema can't express. `--check` writes nothing and fails when the schema
// has changes that no migration makes.
import { spawnSync } from 'node:child_process'
import type { StdioOptions } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rootDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const migrations = 'src/db/migrations'
const timeoutMs = 120_000

const options = process.argv.slice(2)
process.exitCode = options.includes('--check') ? check() : generate(options)

function generate(flags: readonly string[]): number {
  if (!flags.includes('--name')) {
    process.stderr.write(
      'A migration needs a name that says what it does.\nTry: pnpm db:generate --name add_reservations\n',
    )
    return 1
  }
  return drizzleKit({ out: migrations, flags, stdio: 'inherit' }).status ?? 1
}

/** Generates into a copy and wants to hear that nothing changed: the exit code is 0 even where it could not finish. */
function check(): number {
  const scratch = `node_modules/.cache/rialto/migrations-${process.pid}`
  mkdirSync(join(rootDir, dirname(scratch)), { recursive: true })
  cpSync(join(rootDir, migrations), join(rootDir, scratch), { recursive: true })
  try {
    const { stdout } = drizzleKit({ out: scratch, flags: ['--name', 'check'], stdio: ['ignore', 'pipe', 'pipe'] })
    if (stdout?.includes('No schema changes')) return 0
    process.stderr.write(
      'src/db/schema has changes that no migration makes.\nTry: pnpm db:generate --name what_changed\n',
    )
    return 1
  } finally {
    rmSync(join(rootDir, scratch), { recursive: true, force: true })
  }
}

/** `stdout` is null where it is inherited. */
function drizzleKit({ out, flags, stdio }: { out: string; flags: readonly string[]; stdio: StdioOptions }) {
  const program = join(rootDir, 'node_modules/drizzle-kit/bin.cjs')
  const where = ['--dialect', 'postgresql', '--schema', './src/db/schema/index.ts', '--out', `./${out}`]
  return spawnSync(process.execPath, [program, 'generate', ...where, ...flags], {
    cwd: rootDir,
    stdio,
    timeout: timeoutMs,
    encoding: 'utf8',
  })
}
