import type { Database } from '#src/db/client.ts'
import { refreshOutdatedSearch } from './refresh-outdated-search.ts'
import { recountTerms } from './search/terms.ts'

/** Work of the catalogue that is due by the clock. */
export const catalogJobs = [
  {
    name: 'catalog-recount-search-terms',
    /** Hourly: how common a word is decides how to search, not what is found. */
    cron: '17 * * * *',
    run: async ({ db }: { readonly db: Database }): Promise<void> => void (await recountTerms(db)),
  },
  {
    name: 'catalog-refresh-outdated',
    /** What an edit changes shows at once; this is for what changes by the clock, or by what people and agents do elsewhere. */
    cron: '7-59/15 * * * *',
    run: async ({ db }: { readonly db: Database }): Promise<void> => void (await refreshOutdatedSearch(db)),
  },
] as const
