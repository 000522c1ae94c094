import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { agentPricingTiers, agents, siteSettings, spendingCaps } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { boundsOf, dayIn, monthAfter } from './rules/months.ts'
import type { Cap } from './set-cap.ts'
import { leastCap, readTaken, sumsOf } from './taken.ts'
import type { Charged, Reserved, Taken } from './taken.ts'

/** A month's money against a cap, in minor units of `currency`. */
export interface CapStanding {
  /** Null: over all that the person pays for. */
  readonly agent: { readonly id: string; readonly slug: string; readonly name: string } | null
  readonly currency: string
  /** Null: there is no cap. */
  readonly capMinor: number | null
  /** Charged this month, less what was given back of it. */
  readonly spentMinor: number
  /** For purchases that are open. */
  readonly reservedMinor: number
  /** Renews this month by itself. */
  readonly dueMinor: number
  /** Null: there is no cap. */
  readonly roomMinor: number | null
  /** The least that a cap can be now, because something renews or is open. */
  readonly leastMinor: number
}

/** One line of where a number comes from. Times are RFC 3339, by the business clock. */
export interface SpendingLine {
  readonly agent: string
  readonly at: string
  readonly amountMinor: number
  readonly currency: string
}

export interface Spending {
  /** As `2026-11`: a calendar month in UTC. */
  readonly month: string
  readonly endsAt: string
  readonly all: CapStanding
  /** Those that a cap is set for, that are paid for, or that were asked for. */
  readonly agents: readonly CapStanding[]
  /** What agents are sold in, and what the caps are in. */
  readonly currencies: readonly string[]
  readonly charged: readonly (SpendingLine & { readonly number: string | null; readonly givenBackMinor: number })[]
  /** `href`: where it is finished or given up; null while it is being worked on. */
  readonly reserved: readonly (SpendingLine & { readonly href: string | null; readonly kind: Reserved['kind'] })[]
  /** Of this month and the next. */
  readonly due: readonly (SpendingLine & { readonly subscriptionId: string; readonly month: string })[]
}

export interface WhoseSpending {
  readonly userId: string
  /** Of an agent that shall be listed also where nothing is paid for. */
  readonly agentSlug?: string | undefined
}

/** What somebody's month is made of, and the caps it is held against. */
export async function readSpending(
  deps: Pick<Deps, 'db' | 'subjectHash'>,
  { userId, agentSlug }: WhoseSpending,
): Promise<Spending> {
  const caps = await deps.db.select().from(spendingCaps).where(eq(spendingCaps.userId, userId))
  const taken = await readTaken(deps.db, deps, userId)
  const currency = await currencyOf(deps, { caps, taken })
  const ids = new Set([...taken.due, ...taken.reserved, ...taken.charged].map(({ agentId }) => agentId))
  for (const { agentId } of caps) if (agentId !== null) ids.add(agentId)
  const known = await deps.db
    .select({ id: agents.id, slug: agents.slug, name: agents.name })
    .from(agents)
    .where(or(inArray(agents.id, [...ids]), agentSlug === undefined ? undefined : eq(agents.slug, agentSlug)))
    .orderBy(agents.name)
  const standing = (agent: CapStanding['agent']): CapStanding => {
    const cap = caps.find(({ agentId }) => agentId === (agent?.id ?? null))
    const own = cap?.currency ?? currencyAt(taken, agent?.id) ?? currency
    return standingOf({ cap, taken, agent, currency: own })
  }
  return {
    month: taken.month,
    endsAt: boundsOf(taken.month).end.toISOString(),
    all: standing(null),
    agents: known.map(standing),
    currencies: [...new Set([currency, ...caps.map((cap) => cap.currency), ...(await soldIn(deps))])].toSorted(),
    ...linesOf(taken),
  }
}

interface Standing {
  readonly cap: Cap | undefined
  readonly taken: Taken
  readonly agent: CapStanding['agent']
  readonly currency: string
}

function standingOf({ cap, taken, agent, currency }: Standing): CapStanding {
  const sums = sumsOf(taken, { agentId: agent?.id, currency })
  const at = (minor: ReadonlyMap<string, number>): number => minor.get(taken.month) ?? 0
  const capMinor = cap?.amount ?? null
  return {
    agent,
    currency,
    capMinor,
    spentMinor: sums.spentMinor,
    reservedMinor: at(sums.reserved),
    dueMinor: at(sums.due),
    roomMinor: capMinor === null ? null : Math.max(0, capMinor - at(sums.taken)),
    leastMinor: leastCap(taken, sums),
  }
}

const currencyAt = (taken: Taken, agentId: string | undefined): string | undefined =>
  [...taken.due, ...taken.reserved, ...taken.charged].find(
    (about) => agentId === undefined || about.agentId === agentId,
  )?.currency

/** Of what they pay for, else of what the marketplace shows prices in. */
async function currencyOf(
  { db }: Pick<Deps, 'db'>,
  { caps, taken }: { caps: readonly Cap[]; taken: Taken },
): Promise<string> {
  const own = caps[0]?.currency ?? currencyAt(taken, undefined)
  if (own !== undefined) return own
  const [site] = await db.select({ currency: siteSettings.currency }).from(siteSettings)
  return site?.currency ?? 'USD'
}

const currenciesMax = 50

async function soldIn({ db }: Pick<Deps, 'db'>): Promise<string[]> {
  const rows = await db
    .selectDistinct({ currency: agentPricingTiers.currency })
    .from(agentPricingTiers)
    .where(and(eq(agentPricingTiers.isFree, false), isNull(agentPricingTiers.archivedAt)))
    .limit(currenciesMax)
  return rows.map(({ currency }) => currency)
}

function linesOf(taken: Taken): Pick<Spending, 'charged' | 'reserved' | 'due'> {
  const line = ({ agent, currency }: Pick<Charged, 'agent' | 'currency'>) => ({ agent, currency })
  const months = [taken.month, monthAfter(taken.month, 1)]
  return {
    charged: taken.charged.map(({ at, amountMinor, givenBackMinor, number, ...about }) => ({
      ...line(about),
      at: at.toISOString(),
      amountMinor,
      givenBackMinor,
      number,
    })),
    reserved: taken.reserved.map(({ kind, months: claimed, expiresAt, href, ...about }) => ({
      ...line(about),
      at: expiresAt.toISOString(),
      amountMinor: claimed.get(taken.month) ?? 0,
      href,
      kind,
    })),
    due: taken.due.flatMap(({ subscriptionId, renewing, months: charged, ...about }) =>
      months.flatMap((month) => {
        const amountMinor = charged.get(month)
        if (amountMinor === undefined) return []
        return [{ ...line(about), at: dayIn(renewing.at, month).toISOString(), amountMinor, subscriptionId, month }]
      }),
    ),
  }
}
