import { join } from 'node:path'
import type { Pool } from 'pg'
import type { Config } from '#src/config.ts'
import { createDatabase } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import { createSiteReader } from '#src/db/site-settings.ts'
import type { SiteReader } from '#src/db/site-settings.ts'
import { createMetrics } from '#src/http/metrics.ts'
import type { Metrics } from '#src/http/metrics.ts'
import { createAuth, createBreachCheck } from '#src/identity/index.ts'
import type { Auth } from '#src/identity/index.ts'
import { createResolveTxt } from '#src/integrations/dns/index.ts'
import type { ResolveTxt } from '#src/integrations/dns/index.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'
import type { Jobs } from '#src/integrations/jobs/index.ts'
import {
  createMail,
  createMailPreview,
  createOutbox,
  createSmtpTransport,
  ownBrand,
} from '#src/integrations/mail/index.ts'
import type { Mail, MailPreviewServices } from '#src/integrations/mail/index.ts'
import { createOutboundFetch } from '#src/integrations/outbound/index.ts'
import type { OutboundFetch } from '#src/integrations/outbound/index.ts'
import { createPayments } from '#src/integrations/stripe/index.ts'
import type { Payments } from '#src/integrations/stripe/index.ts'
import { createDenialCounter, createLiftLinks, createUsageEngine, noticesJob } from '#src/metering/index.ts'
import type { DenialCounter, LiftLinks, UsageEngine } from '#src/metering/index.ts'
import { newId } from '#src/lib/ids.ts'
import type { NewId } from '#src/lib/ids.ts'
import { createSubjectHash } from '#src/lib/subject-hash.ts'
import type { SubjectHash } from '#src/lib/subject-hash.ts'
import type { Log } from '#src/log.ts'

/** Everything from outside that verbs, pages and jobs work with. */
export interface Deps {
  readonly config: Config
  /** The public origin, without a trailing slash; in demo mode known once the port is. */
  readonly baseUrl: string
  readonly pool: Pool
  readonly db: Database
  /** What this marketplace is called and looks like. */
  readonly site: SiteReader
  readonly log: Log
  readonly newId: NewId
  readonly jobs: Jobs
  readonly mail: Mail
  /** The catcher's pages; demo mode only. */
  readonly mailPreview: MailPreviewServices | undefined
  readonly auth: Auth
  /** Decides and counts usage. */
  readonly usage: UsageEngine
  /** How often people are told no. */
  readonly denials: DenialCounter
  /** Stripe, or the sandbox that stands in for it. */
  readonly payments: Payments
  /** For what is kept when its person goes. */
  readonly subjectHash: SubjectHash
  /** Where a denial sends a person. */
  readonly liftLinks: LiftLinks
  readonly metrics: Metrics
  /** The DNS, which says what a domain's owner wrote into it. */
  readonly resolveTxt: ResolveTxt
  /** Asks addresses that strangers gave; throws `OutboundError`. */
  readonly outbound: OutboundFetch
}

const dayMs = 24 * 3_600_000

interface Ground {
  readonly config: Config
  readonly baseUrl: string
  readonly pool: Pool
  readonly log: Log
  readonly authSecret: string
}

/** Builds the parts on their ground; `overrides` replaces any of them (tests). Starts nothing. */
export function createDeps(ground: Ground, overrides: Partial<Deps> = {}): Deps {
  const { config, baseUrl, pool, log } = ground
  const db = overrides.db ?? createDatabase(pool)
  const site = overrides.site ?? createSiteReader({ db })
  const brand = async () => {
    const { name, accent } = await site.read()
    return { name, accent: accent ?? ownBrand.accent }
  }
  const jobs = overrides.jobs ?? createJobs({ pool, log, isWorker: config.role !== 'web' })
  const outbox = config.smtpUrl === undefined ? createOutbox({ folder: join(config.dataDir, 'mail') }) : undefined
  const transport = outbox ?? createSmtpTransport({ url: config.smtpUrl ?? '' })
  const mail = overrides.mail ?? createMail({ boss: jobs.boss, transport, from: config.mailFrom, log, brand })
  const mailPreview = config.mode === 'demo' ? createMailPreview({ outbox, baseUrl, brand }) : undefined
  // A demo on somebody's machine asks nobody outside.
  const isBreached = config.mode === 'demo' ? undefined : createBreachCheck({ fetch, log })
  const auth =
    overrides.auth ?? createAuth({ config: { authSecret: ground.authSecret }, baseUrl, db, mail, log, isBreached })
  const denials =
    overrides.denials ??
    createDenialCounter({
      pool,
      onTrouble: ({ error, dropped }) => log.warn({ err: error, dropped }, 'usage: denials were not counted in time'),
    })
  const usage =
    overrides.usage ??
    createUsageEngine({
      pool,
      graceMs: config.paymentGraceDays * dayMs,
      onNotice: () => void jobs.wake(noticesJob),
      onDenied: (denied) => denials.count(denied),
    })
  return {
    config,
    baseUrl,
    pool,
    log,
    db,
    site,
    jobs,
    mail,
    mailPreview,
    auth,
    usage,
    denials,
    payments:
      overrides.payments ??
      createPayments({
        stripe: config.stripe,
        pool,
        baseUrl,
        authSecret: ground.authSecret,
        onError: (error) => log.error({ err: error }, 'sandbox: a call failed'),
      }),
    subjectHash: createSubjectHash(ground.authSecret),
    liftLinks: createLiftLinks({ baseUrl, secret: ground.authSecret }),
    newId,
    metrics: createMetrics(),
    resolveTxt: createResolveTxt(),
    outbound: createOutboundFetch({ allowsLoopback: config.mode === 'demo', userAgent: `Rialto (+${baseUrl})` }),
    ...overrides,
  }
}
