// The one gate that everything goes through that may make a person pay more.
import { and, eq, isNull, or } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { spendingCaps } from '#src/db/schema/index.ts'
import type { SpendingClaim } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { formatMoney } from '#src/lib/money.ts'
import { claimOf, firstPassed } from './rules/claim.ts'
import type { Costs } from './rules/claim.ts'
import { sumOf } from './rules/months.ts'
import type { ByMonth, Month } from './rules/months.ts'
import { lockSpending, readTaken, sumsOf } from './taken.ts'
import type { Taken } from './taken.ts'

export type GateDeps = Pick<Deps, 'subjectHash' | 'baseUrl'>

export interface Purchase {
  readonly userId: string
  readonly agentId: string
  readonly costs: Costs
  /** For how long it may be paid, by the business clock. */
  readonly openSeconds: number
}

/**
 * Holds a purchase against its person's caps and answers what it may come to cost by month, to be written down in the same
 * transaction: until that is settled it counts like what is spent. Of two at once, the second sees the first. Throws
 * `spend_cap_reached` with the numbers.
 */
export async function holdAgainstCaps(tx: Transaction, deps: GateDeps, purchase: Purchase): Promise<SpendingClaim> {
  const { userId, agentId, costs, openSeconds } = purchase
  await lockSpending(tx, userId)
  const taken = await readTaken(tx, deps, userId)
  const { currency } = costs
  const claim = claimOf(costs, {
    now: taken.now,
    until: new Date(+taken.now + openSeconds * 1000),
    present: sumOf(taken.due.filter((due) => due.agentId === agentId).map(({ months }) => months)),
  })
  const caps = await tx
    .select()
    .from(spendingCaps)
    .where(and(eq(spendingCaps.userId, userId), or(isNull(spendingCaps.agentId), eq(spendingCaps.agentId, agentId))))
  for (const cap of caps) requireRoom(deps, { cap, claim, taken, currency })
  return { currency, months: Object.fromEntries(claim) }
}

interface Asked {
  readonly cap: typeof spendingCaps.$inferSelect
  readonly claim: ByMonth
  readonly taken: Taken
  readonly currency: string
}

function requireRoom({ baseUrl }: GateDeps, { cap, claim, taken, currency }: Asked): void {
  if (claim.size === 0) return
  const url = `${baseUrl}/account/spending`
  const scope: Figures['scope'] = cap.agentId === null ? 'all' : 'agent'
  const capMoney = formatMoney({ amountMinor: cap.amount, currency: cap.currency })
  if (cap.currency !== currency) {
    const detail = `Your cap is ${capMoney} a month. This is charged in ${currency}, which can’t be held against it.`
    throw new AppError('spend_cap_reached', { detail, url, scope, capMinor: cap.amount, currency: cap.currency })
  }
  const sums = sumsOf(taken, { agentId: cap.agentId ?? undefined, currency })
  const month = firstPassed(claim, { capMinor: cap.amount, taken: sums.taken })
  if (month === undefined) return
  const at = (minor: ByMonth): number => minor.get(month) ?? 0
  const spentMinor = month === taken.month ? sums.spentMinor : 0
  const figures = {
    scope,
    month,
    currency,
    capMinor: cap.amount,
    spentMinor,
    reservedMinor: at(sums.reserved),
    dueMinor: at(sums.due),
    costMinor: at(claim),
    roomMinor: Math.max(0, cap.amount - at(sums.taken)),
  }
  throw new AppError('spend_cap_reached', { detail: detailOf(figures, taken.month), url, ...figures })
}

interface Figures {
  readonly scope: 'all' | 'agent'
  readonly month: Month
  readonly currency: string
  readonly capMinor: number
  readonly spentMinor: number
  readonly reservedMinor: number
  readonly dueMinor: number
  readonly costMinor: number
  readonly roomMinor: number
}

/** In numbers, as a person would add them up. */
function detailOf({ scope, currency, month, ...figures }: Figures, present: Month): string {
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency })
  const what = [
    figures.spentMinor !== 0 && `${money(figures.spentMinor)} is spent`,
    figures.reservedMinor > 0 && `${money(figures.reservedMinor)} is held for purchases that are open`,
    figures.dueMinor > 0 && `${money(figures.dueMinor)} ${month === present ? 'still renews' : 'renews'}`,
  ].filter((part) => part !== false)
  const which = scope === 'all' ? 'Your cap' : 'Your cap for this agent'
  const when = month === present ? 'this month' : `in ${monthName(month)}`
  const taken = what.length === 0 ? `nothing is taken of it ${when}` : `${when} ${what.join(', ')}`
  return `${which} is ${money(figures.capMinor)} a month: ${taken}. This would add ${money(figures.costMinor)}, and ${money(figures.roomMinor)} is left.`
}

const monthName = (month: Month): string =>
  new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`))
