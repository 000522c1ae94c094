// What is stored of the things that an event is about, so that an operator sees what came of it.
import { asc, eq, inArray, or } from 'drizzle-orm'
import { agentPricingTiers, agents, billingEntries, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Json } from '#src/db/schema/business.ts'
import type { Deps } from '#src/deps.ts'
import type { Money } from '#src/lib/money.ts'
import { subjectOf } from './event.ts'

export interface EventTraces {
  readonly subscription?: TracedSubscription
  /** Movements of money, oldest first; 50 at most. */
  readonly entries: readonly TracedEntry[]
}

interface TracedSubscription {
  readonly id: string
  readonly agent: string
  readonly tier: string
  readonly status: string
  readonly periodStart: string
  readonly periodEnd: string
  readonly cancelsAtPeriodEnd: boolean
  readonly pastDueSince: string | null
  readonly disputedSince: string | null
}

interface TracedEntry {
  readonly stripeObjectId: string
  readonly kind: string
  readonly money: Money
}

const entriesMax = 50

/** By the ids in an event. */
export async function readTraces({ db }: Pick<Deps, 'db'>, payload: Json): Promise<EventTraces> {
  const { objectId, subscriptionId, invoiceId } = subjectOf(payload)
  const named = [objectId, invoiceId].filter((id) => id !== undefined)
  // What a dispute gives back is written under a name of its own.
  const ids = named.flatMap((id) => [id, `${id}:won`])
  const entries = ids.length === 0 ? [] : await findEntries(db, ids)
  const subscription = await findSubscription(db, { subscriptionId, refs: entries.map(({ ref }) => ref) })
  return {
    ...(subscription !== undefined && { subscription }),
    entries: entries.map(({ stripeObjectId, kind, money }) => ({ stripeObjectId, kind, money })),
  }
}

/** The same for a subscription of ours, by its own id. */
export async function readSubscriptionTraces({ db }: Pick<Deps, 'db'>, id: string): Promise<EventTraces> {
  const subscription = await findSubscription(db, { subscriptionId: undefined, refs: [id] })
  return { ...(subscription !== undefined && { subscription }), entries: [] }
}

async function findEntries(db: Deps['db'], ids: readonly string[]): Promise<(TracedEntry & { ref: string | null })[]> {
  const rows = await db
    .select()
    .from(billingEntries)
    .where(inArray(billingEntries.stripeObjectId, ids))
    .orderBy(asc(billingEntries.seq))
    .limit(entriesMax)
  return rows.map(({ stripeObjectId, kind, amount, currency, subscriptionRef }) => ({
    stripeObjectId: stripeObjectId ?? '',
    kind,
    money: { amountMinor: amount, currency },
    ref: subscriptionRef,
  }))
}

interface Which {
  readonly subscriptionId: string | undefined
  readonly refs: readonly (string | null)[]
}

async function findSubscription(
  db: Deps['db'],
  { subscriptionId, refs }: Which,
): Promise<TracedSubscription | undefined> {
  const ref = refs.find((id) => id !== null)
  if (subscriptionId === undefined && ref === undefined) return undefined
  const [found] = await db
    .select({ row: userAgentSubscriptions, agent: agents.name, tier: agentPricingTiers.tierName })
    .from(userAgentSubscriptions)
    .innerJoin(agents, eq(agents.id, userAgentSubscriptions.agentId))
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, userAgentSubscriptions.tierId))
    .where(
      or(
        subscriptionId === undefined ? undefined : eq(userAgentSubscriptions.stripeSubscriptionId, subscriptionId),
        ref === undefined ? undefined : eq(userAgentSubscriptions.id, ref),
      ),
    )
    .limit(1)
  if (found === undefined) return undefined
  const { row, agent, tier } = found
  return {
    id: row.id,
    agent,
    tier,
    status: row.status,
    periodStart: row.currentPeriodStart.toISOString(),
    periodEnd: row.currentPeriodEnd.toISOString(),
    cancelsAtPeriodEnd: row.cancelAtPeriodEnd,
    pastDueSince: row.pastDueAt?.toISOString() ?? null,
    disputedSince: row.disputedAt?.toISOString() ?? null,
  }
}

/** Something that was stored otherwise before. `entry`: a movement of money was written down. */
export type TracedChange =
  | {
      readonly kind: 'subscription'
      readonly field: keyof TracedSubscription
      readonly before: string | null
      readonly after: string | null
    }
  | { readonly kind: 'subscription_added'; readonly subscriptionId: string }
  | { readonly kind: 'entry'; readonly entry: TracedEntry }

export function changesBetween(before: EventTraces, after: EventTraces): readonly TracedChange[] {
  const known = new Set(before.entries.map(({ stripeObjectId }) => stripeObjectId))
  const entries = after.entries.filter(({ stripeObjectId }) => !known.has(stripeObjectId))
  return [...subscriptionChanges(before, after), ...entries.map((entry) => ({ kind: 'entry' as const, entry }))]
}

function subscriptionChanges(
  { subscription: before }: EventTraces,
  { subscription: after }: EventTraces,
): readonly TracedChange[] {
  if (after === undefined) return []
  if (before === undefined) return [{ kind: 'subscription_added', subscriptionId: after.id }]
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => ({
      kind: 'subscription',
      field,
      before: textOf(before[field]),
      after: textOf(after[field]),
    }))
}

const textOf = (value: string | boolean | null): string | null =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : value

const fields = [
  'status',
  'tier',
  'periodStart',
  'periodEnd',
  'cancelsAtPeriodEnd',
  'pastDueSince',
  'disputedSince',
] as const satisfies readonly (keyof TracedSubscription)[]
