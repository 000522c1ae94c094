// One throwaway PostgreSQL for a whole vitest run. Each project runs this set-up; the second joins the first one's server,
// because both name the same folder, and the last to close stops it.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { scratchDir, scratchDirs } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a role that may create databases; its own database stays empty. */
    databaseServerUrl: string
  }
}

const prefix = 'rialto-test-run-'

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearAbandonedRuns()
  const name = `${prefix}${process.pid}`
  const joined = scratchDirs().find((dir) => existsSync(join(dir, name)))
  const dataDir = join(joined ?? scratchDir(), name)
  const server = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'error' }), durability: 'throwaway' })
  project.provide('databaseServerUrl', server.url)
  return async () => {
    await server.close()
    if (!existsSync(join(dataDir, 'postgres', 'postmaster.pid'))) rmSync(dataDir, { recursive: true, force: true })
  }
}

/** A run that was killed leaves its server and its folder behind. */
async function clearAbandonedRuns(): Promise<void> {
  for (const dir of scratchDirs()) {
    for (const name of readdirSync(dir)) {
      const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN
      if (!Number.isSafeInteger(pid) || runs(pid)) continue
      await clear(join(dir, name))
    }
  }
}

async function clear(dataDir: string): Promise<void> {
  try {
    const server = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }), durability: 'throwaway' })
    await server.close()
    rmSync(dataDir, { recursive: true, force: true })
  } catch {
    // Another user's, or another run clears it at this moment.
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
