import type { Database } from '#src/db/client.ts'
import { recountTerms } from './search/terms.ts'

/** Work of the catalogue that is due by the clock. */
export const catalogJobs = [
  {
    name: 'catalog-recount-search-terms',
    /** Hourly: how common a word is decides how to search, not what is found. */
    cron: '17 * * * *',
    run: async ({ db }: { readonly db: Database }): Promise<void> => void (await recountTerms(db)),
  },
] as const
