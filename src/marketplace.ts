// Brings the parts up in order and takes them down in the opposite one. main.ts runs it as a process, tests run it in theirs.
import type { Config } from '#src/config.ts'
import { createApp } from '#src/app.ts'
import type { Lifecycle } from '#src/app.ts'
import { createPool } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import type { OpenDatabase } from '#src/db/open.ts'
import { createDeps } from '#src/deps.ts'
import type { Deps } from '#src/deps.ts'
import { failureOf } from '#src/failures.ts'
import { checkPayments, startStripeEvents } from '#src/features/billing/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { usageShortcut } from '#src/features/usage/index.ts'
import { startSandboxDelivery } from '#src/features/sandbox/index.ts'
import { startSampleAgents } from '#src/features/sample-agents/index.ts'
import { recordRun } from '#src/features/tour/index.ts'
import { ensureDemoPeople } from '#src/identity/index.ts'
import type { DemoPerson } from '#src/identity/index.ts'
import { storedSecret } from '#src/identity/stored-secret.ts'
import { listen } from '#src/http/server.ts'
import { createStartingApp } from '#src/http/starting.ts'
import type { Log } from '#src/log.ts'
import { startScheduledJobs } from '#src/scheduled-jobs.ts'
import type { Terminal } from '#src/terminal.ts'
import type { WebApp } from '#src/web/mount.ts'

interface MarketplaceOptions {
  readonly config: Config
  readonly log: Log
  readonly terminal: Terminal
  /** The built pages; called while the database starts. */
  readonly loadWeb: () => Promise<WebApp>
  /** Also runs the sample agents; demo mode only. */
  readonly runsSamples?: boolean
  readonly overrides?: Partial<Deps>
}

export interface Marketplace {
  readonly deps: Deps
  /** Who can sign in at once; empty in production. */
  readonly demoPeople: readonly DemoPerson[]
  /** Lets running requests and jobs end, then closes everything; 10 s at the most. */
  stop(): Promise<void>
}

// Demo takes one of the next ports when its own is busy.
const otherPorts = 20
const requestsGraceMs = 7_000
const jobsGraceMs = 2_000

/** From configuration to a server that answers. What was opened is closed again when a later step fails. */
export async function startMarketplace(options: MarketplaceOptions): Promise<Marketplace> {
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    return await open(options, { closers, closeAll })
  } catch (error) {
    await closeAll()
    throw error
  }
}

interface Closing {
  readonly closers: (() => Promise<void>)[]
  readonly closeAll: () => Promise<void>
}

async function open(
  { config, log, terminal, loadWeb, runsSamples, overrides }: MarketplaceOptions,
  { closers, closeAll }: Closing,
): Promise<Marketplace> {
  const lifecycle: { state: Lifecycle['state'] } = { state: 'starting' }
  const server = await listen({
    host: config.host,
    port: config.port,
    otherPorts: config.portIsFixed ? 0 : otherPorts,
    handler: createStartingApp({ isHttps: config.baseUrl?.startsWith('https:') === true }).fetch,
  })
  closers.push(() => server.drain(requestsGraceMs))
  const baseUrl = config.baseUrl ?? `http://localhost:${server.port}`

  const web = loadWeb()
  // Its failure is reported when it is awaited below; until then it must not count as unhandled.
  web.catch(() => undefined)
  const database = await timed(() => openDatabase(config, log))
  closers.push(() => database.value.close())
  terminal.step({ name: 'PostgreSQL', ms: database.ms, detail: describe(database.value) })
  const serving = await database.value.embedded?.holdServeLock()
  await serving?.announce(baseUrl)
  if (config.port !== 0 && server.port !== config.port) {
    terminal.step({ name: 'port', detail: `Port ${config.port} is busy, so this is ${server.port}` })
  }

  const schema = await timed(() => migrate({ url: database.value.url, log }))
  terminal.step({ name: 'schema', ms: schema.ms })

  const pool = createPool({
    url: database.value.url,
    max: config.databasePoolMax,
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  })
  closers.push(() => pool.end())
  const authSecret = config.authSecret ?? (await storedSecret(config.dataDir))
  const deps = createDeps({ config, baseUrl, pool, log, authSecret }, overrides)
  closers.push(() => deps.denials.flush())
  await checkPayments(deps)

  const catalogue = await timed(() => seedCatalogue(deps.db))
  terminal.step({
    name: 'catalogue',
    ms: catalogue.ms,
    detail: `${catalogue.value.directoryEntries} directory entries`,
  })

  await deps.auth.prepare()
  const isDemo = config.mode === 'demo'
  const demoPeople = isDemo ? await ensureDemoPeople({ db: deps.db, auth: deps.auth, dataDir: config.dataDir }) : []
  if (isDemo) {
    const run = await recordRun(deps)
    closers.push(() => run.endInOrder())
  }

  await deps.jobs.start()
  // Reverse order on the way down: first the jobs end, then the connections they send by.
  closers.push(async () => deps.mail.stop())
  closers.push(() => deps.jobs.stop(jobsGraceMs))
  const isWorker = config.role !== 'web'
  await deps.mail.start({ isWorker })
  await startStripeEvents(deps, { isWorker })
  if (isWorker) await startScheduledJobs(deps)

  const app = createApp({ deps, web: await web, lifecycle })
  server.use(app.fetch, usageShortcut({ deps, failureOf: (error, of) => failureOf(error, { log, ...of }) }))
  lifecycle.state = 'ready'
  if (isWorker) {
    // Only now: what it sends comes in at these doors.
    const delivery = startSandboxDelivery(deps)
    closers.push(() => delivery.stop())
  }
  if (isDemo && runsSamples) await openSampleAgents({ deps, terminal, closers })

  // Said before the doors close, so that a load balancer stops sending first.
  closers.push(async () => {
    lifecycle.state = 'draining'
  })
  return { deps, demoPeople, stop: closeAll }
}

function describe({ embedded }: OpenDatabase): string {
  if (embedded === undefined) return 'the one in DATABASE_URL'
  return embedded.adopted ? 'embedded, was already running' : 'embedded'
}

/** After the doors are open: a sample starts by reading our discovery document. */
async function openSampleAgents({ deps, terminal, closers }: OpenSamples): Promise<void> {
  const started = await timed(() => startSampleAgents(deps))
  closers.push(() => started.value.stop())
  const ports = started.value.ports.map((port) => `:${port}`).join(' ')
  terminal.step({ name: 'sample agents', ms: started.ms, detail: ports === '' ? 'none came up; see the log' : ports })
}

interface OpenSamples {
  readonly deps: Deps
  readonly terminal: Terminal
  readonly closers: (() => Promise<void>)[]
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now()
  const value = await work()
  return { value, ms: performance.now() - startedAt }
}
