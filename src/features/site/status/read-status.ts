import type { Deps } from '#src/deps.ts'
import { RIALTO_VERSION } from '#src/version.ts'
import { readJobRuns } from './read-job-runs.ts'
import type { JobRun } from './read-job-runs.ts'

export interface SiteStatus {
  /** ISO 8601. */
  readonly checkedAt: string
  readonly version: string
  /** When the process that answers was started. */
  readonly startedAt: string
  readonly database: { readonly kind: 'answers'; readonly ms: number } | { readonly kind: 'away' }
  /** Undefined while the database is away. */
  readonly jobs: readonly JobRun[] | undefined
  readonly payments: 'sandbox' | 'test' | 'live'
  readonly mail: 'smtp' | 'kept_here'
}

type StatusDeps = Pick<Deps, 'pool' | 'config' | 'payments' | 'log'>

/** How this process finds the marketplace just now. Nothing is remembered, so nothing is said of yesterday. */
export async function readStatus(deps: StatusDeps): Promise<SiteStatus> {
  const database = await askDatabase(deps)
  return {
    checkedAt: new Date().toISOString(),
    version: RIALTO_VERSION,
    startedAt: new Date(Date.now() - process.uptime() * 1_000).toISOString(),
    database,
    jobs: database.kind === 'answers' ? await readJobRuns(deps.pool) : undefined,
    payments: deps.payments.environment,
    mail: deps.config.smtpUrl === undefined ? 'kept_here' : 'smtp',
  }
}

async function askDatabase({ pool, log }: StatusDeps): Promise<SiteStatus['database']> {
  const startedAt = performance.now()
  try {
    await pool.query('SELECT 1')
    return { kind: 'answers', ms: Math.round((performance.now() - startedAt) * 10) / 10 }
  } catch (error) {
    log.warn({ err: error }, 'status: the database does not answer')
    return { kind: 'away' }
  }
}
