import type { Deps } from '#src/deps.ts'
import { syncPrices } from './sync-prices.ts'

export const priceJobs = [
  {
    name: 'billing-prices',
    cron: '*/10 * * * *',
    run: async (deps: Pick<Deps, 'db' | 'payments' | 'log'>): Promise<void> => void (await syncPrices(deps)),
  },
] as const
