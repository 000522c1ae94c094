// One throwaway PostgreSQL for a whole vitest run. Each project runs this set-up; the second joins the first one's server,
// because both name the same folder, and the last to close stops it.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a role that may create databases; its own database stays empty. */
    databaseServerUrl: string
  }
}

const prefix = 'rialto-test-run-'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearAbandonedRuns()
  const dataDir = join(tmpdir(), `${prefix}${process.pid}`)
  const server = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'error' }), durability: 'throwaway' })
  project.provide('databaseServerUrl', server.url)
  return async () => {
    await server.close()
    if (!existsSync(join(dataDir, 'postgres', 'postmaster.pid'))) rmSync(dataDir, { recursive: true, force: true })
  }
}

/** A run that was killed leaves its server and its folder behind. */
async function clearAbandonedRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN
    if (!Number.isSafeInteger(pid) || runs(pid)) continue
    const dataDir = join(tmpdir(), name)
    try {
      const server = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }), durability: 'throwaway' })
      await server.close()
      rmSync(dataDir, { recursive: true, force: true })
    } catch {
      // Another user's, or another run clears it at this moment.
    }
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
