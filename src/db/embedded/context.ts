import type { Logger } from 'pino'
import { currentAccount } from './account.ts'
import type { Account } from './account.ts'
import { findBinaries } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { layoutOf } from './layout.ts'
import type { Layout } from './layout.ts'
import type { Durability } from './settings.ts'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

export interface EmbeddedOptions {
  /** Made with mode 0700 if it does not exist. */
  dataDir: string
  log: Log
  /** `throwaway` loses data in a crash; only for tests. */
  durability?: Durability
}

/** What every part of the embedded database needs to know about one data folder and this process. */
export interface Context {
  readonly layout: Layout
  readonly account: Account
  readonly durability: Durability
  readonly log: Log
  /** Looked for only when a server has to be started: joining a running one needs none. */
  binaries(): Promise<Binaries>
}

export function createContext({ dataDir, log, durability = 'durable' }: EmbeddedOptions): Context {
  const account = currentAccount()
  return { layout: layoutOf(dataDir), account, durability, log, binaries: () => findBinaries(account) }
}
