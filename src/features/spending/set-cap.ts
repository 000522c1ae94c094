import { and, eq, isNull } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { agents, spendingCaps } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { formatMoney, isChargeable } from '#src/lib/money.ts'
import { currencies } from '#src/lib/currencies.ts'
import { leastCap, lockSpending, readTaken, sumsOf } from './taken.ts'
import type { Taken } from './taken.ts'

export interface WhichCap {
  readonly userId: string
  /** Undefined: the one over all that they pay for. */
  readonly agentId: string | undefined
}

export interface SetCap extends WhichCap {
  /** Minor units, for each calendar month. 0: nothing more is charged. */
  readonly amountMinor: number
  readonly currency: string
}

export type Cap = typeof spendingCaps.$inferSelect
export type CapDeps = Pick<Deps, 'db' | 'subjectHash'>

/** Stripe takes at most eight digits, and so does a cap. */
export const capMinorMax = 99_999_999

/**
 * Sets the most that somebody lets themself be charged in a calendar month. Only they do, by their session. More is always taken;
 * less is refused while what renews or is open would pass it, so that no renewal ever does. Throws `not_found` for an agent that
 * isn't there, `invalid_request`, and `spend_cap_too_low` with the least that can be set and what has to end first.
 */
export async function setCap(deps: CapDeps, { userId, agentId, amountMinor, currency }: SetCap): Promise<Cap> {
  if (!currencies.has(currency)) throw invalid('currency', 'must be a currency that can be charged')
  if (!isChargeable({ amountMinor, currency }) || amountMinor > capMinorMax) {
    throw invalid('amountMinor', `must be an amount of ${currency} from 0 to ${capMinorMax} minor units`)
  }
  return deps.db.transaction(async (tx) => {
    await lockSpending(tx, userId)
    if (agentId !== undefined && (await tx.$count(agents, eq(agents.id, agentId))) === 0)
      throw new AppError('not_found')
    const present = await findCap(tx, { userId, agentId })
    const isRaised = present !== undefined && present.currency === currency && amountMinor >= present.amount
    if (!isRaised) requireLowEnough(await readTaken(tx, deps, userId), { agentId, amountMinor, currency })
    const cap = await write(tx, {
      present,
      values: { userId, agentId: agentId ?? null, amount: amountMinor, currency },
    })
    await recordAudit(tx, {
      userId,
      action: 'spending.set_cap',
      resource: 'spending_cap',
      resourceId: cap.id,
      metadata: { agentId: agentId ?? null, amountMinor, currency, before: present?.amount ?? null },
    })
    return cap
  })
}

const invalid = (path: string, message: string): AppError =>
  new AppError('invalid_request', { errors: [{ in: 'json', path, message }] })

/** Undefined: there is none. */
export async function findCap(tx: Pick<Transaction, 'select'>, which: WhichCap): Promise<Cap | undefined> {
  const [cap] = await tx.select().from(spendingCaps).where(isThis(which))
  return cap
}

export const isThis = ({ userId, agentId }: WhichCap) =>
  and(
    eq(spendingCaps.userId, userId),
    agentId === undefined ? isNull(spendingCaps.agentId) : eq(spendingCaps.agentId, agentId),
  )

interface Writing {
  readonly present: Cap | undefined
  readonly values: Pick<Cap, 'userId' | 'agentId' | 'amount' | 'currency'>
}

/** Its person is locked: nobody else sets it. Of another amount they are told anew. */
async function write(tx: Transaction, { present, values }: Writing): Promise<Cap> {
  const [cap] =
    present === undefined
      ? await tx.insert(spendingCaps).values(values).returning()
      : await tx
          .update(spendingCaps)
          .set({ ...values, toldMonth: null, toldPercent: 0 })
          .where(eq(spendingCaps.id, present.id))
          .returning()
  if (cap === undefined) throw new Error('The cap is gone')
  return cap
}

type Wanted = Omit<SetCap, 'userId'>

function requireLowEnough(taken: Taken, { agentId, amountMinor, currency }: Wanted): void {
  const isIn = (about: { readonly agentId: string }): boolean => agentId === undefined || about.agentId === agentId
  const coming = [...taken.due, ...taken.reserved].filter(isIn)
  const foreign = coming.find((about) => about.currency !== currency && about.months.size > 0)
  if (foreign !== undefined) {
    const detail = `${foreign.agent} is charged in ${foreign.currency}. Set the cap in that currency.`
    throw new AppError('spend_cap_too_low', { detail, currency: foreign.currency, standsInTheWay: [] })
  }
  const leastMinor = leastCap(taken, sumsOf(taken, { agentId, currency }))
  if (amountMinor >= leastMinor) return
  const least = formatMoney({ amountMinor: leastMinor, currency })
  throw new AppError('spend_cap_too_low', {
    detail: `What renews by itself and what you are buying now need ${least} in one month. End something of it first, or choose at least ${least}.`,
    leastMinor,
    currency,
    standsInTheWay: coming.filter(({ months }) => months.size > 0).map(({ agent }) => agent),
  })
}
