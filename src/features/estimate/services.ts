import type { Deps } from '#src/deps.ts'
import type { OfferServices } from '#src/features/offers/index.ts'
import { readEstimate } from './read-estimate.ts'
import type { Estimate, WhichEstimate } from './read-estimate.ts'

/** "What would I pay?" for the account's pages. */
export interface EstimateServices {
  /** Undefined for another person's subscription. */
  read(which: WhichEstimate): Promise<Estimate | undefined>
}

export const createEstimateServices = (
  deps: Pick<Deps, 'db'>,
  offers: Pick<OfferServices, 'read'>,
): EstimateServices => ({
  read: (which) => readEstimate({ ...deps, offers }, which),
})
