import { eq } from 'drizzle-orm'
import { agents } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { parseAmount } from '#src/lib/money.ts'
import { readSpending } from './read-spending.ts'
import type { Spending, WhoseSpending } from './read-spending.ts'
import { removeCap } from './remove-cap.ts'
import { setCap } from './set-cap.ts'

/** Whose, and over what: an agent's slug; undefined is all that they pay for. */
interface WhichCap {
  readonly userId: string
  readonly agentSlug: string | undefined
}

export type CapOutcome =
  | { readonly kind: 'done' }
  /** With what renews or is open it can't be kept. */
  | { readonly kind: 'too_low'; readonly detail: string; readonly leastMinor: number | undefined }
  | { readonly kind: 'invalid' }
  /** There is no such agent. */
  | { readonly kind: 'unknown' }

/** What the page about spending shows and does. */
export interface SpendingServices {
  read(whose: WhoseSpending): Promise<Spending>
  /** `amount` as a person typed it. */
  setCap(cap: WhichCap & { readonly amount: string; readonly currency: string }): Promise<CapOutcome>
  removeCap(which: WhichCap): Promise<CapOutcome>
}

export const createSpendingServices = (deps: Pick<Deps, 'db' | 'subjectHash'>): SpendingServices => ({
  read: (whose) => readSpending(deps, whose),
  setCap: ({ agentSlug, userId, amount, currency }) =>
    outcomeOf(async () => {
      const amountMinor = parseAmount(amount, currency)
      if (amountMinor === undefined) throw new AppError('invalid_request')
      return setCap(deps, { userId, amountMinor, currency, agentId: await findAgentId(deps, agentSlug) })
    }),
  removeCap: ({ agentSlug, userId }) =>
    outcomeOf(async () => removeCap(deps, { userId, agentId: await findAgentId(deps, agentSlug) })),
})

/** Throws `not_found`. */
export async function findAgentId({ db }: Pick<Deps, 'db'>, slug: string | undefined): Promise<string | undefined> {
  if (slug === undefined) return undefined
  const [agent] = await db.select({ id: agents.id }).from(agents).where(eq(agents.slug, slug))
  if (agent === undefined) throw new AppError('not_found')
  return agent.id
}

async function outcomeOf(verb: () => Promise<unknown>): Promise<CapOutcome> {
  try {
    await verb()
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not_found') return { kind: 'unknown' }
    if (error.code === 'invalid_request') return { kind: 'invalid' }
    if (error.code !== 'spend_cap_too_low') throw error
    const { detail, leastMinor } = error.details
    return {
      kind: 'too_low',
      detail: typeof detail === 'string' ? detail : '',
      leastMinor: typeof leastMinor === 'number' ? leastMinor : undefined,
    }
  }
}
