// What the first start of a server writes into a migrated database and every later one finds there. Signing keys are not
// among it: each test's server has a secret of its own, and its trail begins with its own key.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createDatabase, createPool } from '#src/db/client.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { createAuth, ensureDemoPeople } from '#src/identity/index.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'

const stopGraceMs = 2_000

/** The catalogue, the demo's people (nobody learns their passwords) and the tables of the job queue. */
export async function writeFirstStart(url: string): Promise<void> {
  const log = pino({ level: 'warn' })
  const dataDir = await mkdtemp(join(tmpdir(), 'rialto-first-start-'))
  const pool = createPool({ url, max: 4, onError: () => {} })
  try {
    const db = createDatabase(pool)
    await seedCatalogue(db)
    const config = { authSecret: 'signs nothing that anybody keeps, and long enough' }
    const auth = createAuth({ config, baseUrl: 'http://localhost', db, mail: { enqueue: async () => {} }, log })
    await ensureDemoPeople({ db, auth, dataDir })
    const jobs = createJobs({ pool, log, isWorker: false })
    await jobs.start()
    await jobs.stop(stopGraceMs)
  } finally {
    await pool.end()
    await rm(dataDir, { recursive: true, force: true })
  }
}
