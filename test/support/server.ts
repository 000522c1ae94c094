import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '#src/config.ts'
import type { Deps } from '#src/deps.ts'
import { createLog } from '#src/log.ts'
import { startMarketplace } from '#src/marketplace.ts'
import { createTerminal } from '#src/terminal.ts'
import { loadBuiltWeb } from '#src/web/mount.ts'
import type { PageAges } from '#src/web/page-cache.ts'
import { createTestDatabase } from './database.ts'

export interface TestServer {
  readonly origin: string
  readonly deps: Deps
  stop(): Promise<void>
}

interface TestServerOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly overrides?: Partial<Deps>
  /** Another database than a fresh one of its own; stays open when the server stops. */
  readonly databaseUrl?: string
  /** Keeps pages for visitors without a session; left out: every page is made for its request, so that it shows what is so. */
  readonly pageAges?: PageAges
  /** Also runs the sample agents, as the demo does. */
  readonly runsSamples?: boolean
}

/** The whole marketplace, as main.ts runs it, on a port and a database of its own. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.databaseUrl === undefined ? await createTestDatabase({ start: 'started' }) : undefined
  const dataDir = await mkdtemp(join(tmpdir(), 'rialto-test-'))
  const config = readConfig({
    PORT: '0',
    RIALTO_DATA_DIR: dataDir,
    RIALTO_LOG_LEVEL: 'silent',
    DATABASE_URL: options.databaseUrl ?? database?.url,
    ...options.environment,
  })
  const marketplace = await startMarketplace({
    config,
    log: createLog(config),
    terminal: createTerminal({ isQuiet: true, stream: process.stdout }),
    loadWeb: () => loadBuiltWeb(config.rootDir, { keeping: options.pageAges }),
    runsSamples: options.runsSamples ?? false,
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  })
  return {
    origin: marketplace.deps.baseUrl,
    deps: marketplace.deps,
    stop: async () => {
      await marketplace.stop()
      await database?.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
