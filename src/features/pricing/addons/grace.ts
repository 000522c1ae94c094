import type { Config } from '#src/config.ts'
import type { Deps } from '#src/deps.ts'

/** What deciding about a limit needs. */
export interface MeterDeps extends Pick<Deps, 'db'> {
  readonly config: Pick<Config, 'paymentGraceDays'>
}

const dayMs = 86_400_000

/** How long an unpaid subscription goes on, in milliseconds. */
export const graceMsOf = ({ paymentGraceDays }: Pick<Config, 'paymentGraceDays'>): number => paymentGraceDays * dayMs
