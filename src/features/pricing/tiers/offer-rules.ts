import { AppError } from '#src/lib/errors.ts'
import { fieldError } from '../field-error.ts'
import { liveTiersMax } from '../schema.ts'
import type { TierRow } from './read-tiers.ts'

interface Named {
  readonly tierName: string
  /** Left out: the tier is new. */
  readonly familyId?: string
}

/** Two tiers on offer by one name could not be told apart. Throws `invalid_request`. */
export function requireFreeName(present: readonly TierRow[], { tierName, familyId }: Named): void {
  const isTaken = present.some(
    (row) => row.archivedAt === null && row.familyId !== familyId && plain(row.tierName) === plain(tierName),
  )
  if (isTaken) throw fieldError('tierName', 'is the name of another tier on offer')
}

/** A trial that falls to the free tier needs one to fall to. Throws `invalid_request`. */
export function requireFreeTier(present: readonly TierRow[], { trialEndsWith }: Pick<TierRow, 'trialEndsWith'>): void {
  if (trialEndsWith !== 'free_tier' || present.some((row) => row.archivedAt === null && row.isFree)) return
  throw fieldError('trialEndsWith', 'needs a free tier of this agent on offer')
}

const plain = (name: string): string => name.normalize('NFKC').toLowerCase()

/** Throws `conflict` when the agent has as many tiers on offer as it may. */
export function requireRoomOnOffer(present: readonly TierRow[]): void {
  if (present.filter(({ archivedAt }) => archivedAt === null).length < liveTiersMax) return
  throw new AppError('conflict', { detail: 'The agent has as many tiers on offer as it may.', liveTiersMax })
}

/** Throws `conflict` for a tier that is archived: those who have it keep it as it is. */
export function requireOnOffer({ archivedAt }: TierRow): void {
  if (archivedAt !== null)
    throw new AppError('conflict', { detail: 'The tier is archived. Put it on offer again first.' })
}
