import { Gauge } from 'prom-client'
import type { Deps } from '#src/deps.ts'
import { countDrifting } from './state.ts'

/**
 * How many counters are known to differ from the ledger, for Prometheus. Read where every process finds it, so that all say the
 * same. Not a number: nobody has looked yet, or the database doesn't answer.
 */
export function watchDrift({ db, metrics }: Pick<Deps, 'db' | 'metrics'>): void {
  const gauge: Gauge = new Gauge({
    name: 'rialto_usage_drift_counters',
    help: 'Counters that differ from the sum of their ledger entries; expected: 0.',
    registers: [metrics.registry],
    collect: async () => {
      // A scrape that fails as a whole would hide everything else.
      gauge.set((await countDrifting(db).catch(() => undefined)) ?? Number.NaN)
    },
  })
}
