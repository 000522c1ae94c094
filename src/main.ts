// The process: reads the configuration, runs the marketplace, and ends it gracefully. The only file that exits.
import { ConfigError, readConfig } from '#src/config.ts'
import type { Config } from '#src/config.ts'
import { OtherEnvironmentError } from '#src/features/billing/index.ts'
import { EmbeddedDatabaseError } from '#src/db/embedded/index.ts'
import { isDatabaseUnavailable } from '#src/db/errors.ts'
import { MigrationError } from '#src/db/migrate.ts'
import { PortBusyError } from '#src/http/server.ts'
import { createLog, loggableError } from '#src/log.ts'
import type { Log } from '#src/log.ts'
import { startMarketplace } from '#src/marketplace.ts'
import type { Marketplace } from '#src/marketplace.ts'
import { createTerminal } from '#src/terminal.ts'
import type { Terminal } from '#src/terminal.ts'
import { loadBuiltWeb, pageAges } from '#src/web/mount.ts'
import type { WebApp } from '#src/web/mount.ts'

interface MainOptions {
  /** How long the launcher took to fetch packages; undefined when they were there. */
  readonly packagesMs?: number | undefined
  /** Builds the pages when they are stale and says how long that took. */
  readonly prepareWeb?: () => Promise<number | undefined>
  /** The development server brings its own pages. */
  readonly loadWeb?: (config: Config) => Promise<WebApp>
}

const emailWidth = 26

// A drain that hangs ends here: an orchestrator's own limit is usually 10 s and ends in SIGKILL.
const stopLimitMs = 9_500

export async function main(options: MainOptions = {}): Promise<void> {
  const loud = createTerminal({ isQuiet: false, stream: process.stdout })
  const startedAt = performance.now()
  try {
    const config = readConfig()
    const log = createLog(config)
    const terminal = config.mode === 'demo' ? loud : createTerminal({ isQuiet: true, stream: process.stdout })
    watchForBugs(log)

    terminal.header(config.mode === 'demo' ? 'demo mode, this machine only' : 'production')
    const fetched = options.packagesMs
    terminal.step({ name: 'packages', ms: fetched, detail: `pinned Node ${process.versions.node}` })
    terminal.step({ name: 'web build', ms: await options.prepareWeb?.() })

    const loadWeb = options.loadWeb ?? (({ rootDir }: Config) => loadBuiltWeb(rootDir, { keeping: pageAges }))
    const marketplace = await startMarketplace({
      config,
      log,
      terminal,
      loadWeb: () => loadWeb(config),
      runsSamples: true,
    })
    sayWhereItIs({ terminal, marketplace })
    log.info({ baseUrl: marketplace.deps.baseUrl, ms: Math.round(performance.now() - startedAt) }, 'ready')
    stopOnSignals({ marketplace, log })
  } catch (error) {
    loud.failure(explain(error))
    process.exit(1)
  }
}

function sayWhereItIs({ terminal, marketplace }: { terminal: Terminal; marketplace: Marketplace }): void {
  const { baseUrl, config } = marketplace.deps
  terminal.pair('Open', config.mode === 'demo' ? `${baseUrl}/tour` : baseUrl)
  for (const [index, { email, password }] of marketplace.demoPeople.entries()) {
    terminal.pair(index === 0 ? 'Sign in as' : '', `${email.padEnd(emailWidth)} ${password}`)
  }
  const { environment } = marketplace.deps.payments
  terminal.pair('Payments', environment === 'sandbox' ? 'sandbox, no money moves' : `Stripe, ${environment}`)
  terminal.pair('Mail', `${baseUrl}/dev/mail`)
  terminal.pair('Stop', 'Ctrl+C     Settings: README#configuration')
  terminal.blank()
}

function stopOnSignals({ marketplace, log }: { marketplace: Marketplace; log: Log }): void {
  let isStopping = false
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (isStopping) process.exit(1)
    isStopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error('stopping took too long')
      process.exit(0)
    }, stopLimitMs).unref()
    try {
      await marketplace.stop()
      process.exit(0)
    } catch (error) {
      log.error({ err: error }, 'stopping failed')
      process.exit(1)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal))
}

/** A bug leaves the process in a state nobody has thought through: say it and let the supervisor start a fresh one. */
function watchForBugs(log: Log): void {
  const die = (error: unknown): void => {
    log.fatal({ err: error }, 'a bug ends this process')
    process.exit(70)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
}

function explain(error: unknown): Parameters<Terminal['failure']>[0] {
  if (error instanceof ConfigError)
    return { sentence: error.message, remedy: 'README#configuration lists every variable' }
  const isExplained =
    error instanceof EmbeddedDatabaseError || error instanceof MigrationError || error instanceof OtherEnvironmentError
  if (isExplained) return { sentence: error.sentence, remedy: error.remedy }
  if (error instanceof PortBusyError) {
    return { sentence: `Port ${error.port} is in use by another program.`, remedy: `PORT=${error.port + 1} pnpm start` }
  }
  if (error instanceof Error && error.name === 'WebBuildError') return { sentence: error.message, remedy: 'pnpm check' }
  const { message, stack } = loggableError(error)
  if (isDatabaseUnavailable(error)) {
    return {
      sentence: 'The database in DATABASE_URL does not answer.',
      cause: String(message),
      remedy:
        'check the address, the password and that the server is up; or unset DATABASE_URL to use the embedded one',
    }
  }
  return { sentence: 'Rialto could not start.', cause: String(stack ?? message) }
}
