import { and, asc, desc, eq, gt, gte, min, sql } from 'drizzle-orm'
import {
  agentFavourites,
  agentPricingTiers,
  agents,
  agentSignIns,
  billingEntries,
  installation,
  oauthConsent,
  session,
  subscriptionAddons,
  user,
  userAgentSubscriptions,
} from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { demoAddresses } from '#src/identity/index.ts'
import type { Money } from '#src/lib/money.ts'

type Db = Deps['db']

/** The agent that the tour is about; its slug may be another publisher's. */
const tourSlug = 'readability'

export interface TourAgent {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly oauthClientId: string
  /** Where it runs. */
  readonly origin: string
}

export interface Trial {
  readonly subscriptionId: string
  readonly agentId: string
  readonly tierName: string
  readonly startedAt: Date
  /** By the business clock. */
  readonly endsAt: Date
}

/** Undefined where the samples don't run. */
export async function findTourAgent(db: Db): Promise<TourAgent | undefined> {
  const { id, slug, name, oauthClientId, homepageUrl } = agents
  const [found] = await db.select({ id, slug, name, oauthClientId, homepageUrl }).from(agents).where(eq(slug, tourSlug))
  const { homepageUrl: origin, oauthClientId: clientId } = found ?? {}
  if (found === undefined || !origin?.startsWith('http://localhost:') || !clientId) return undefined
  return { ...found, origin, oauthClientId: clientId }
}

export interface Buyer {
  readonly id: string
  readonly name: string
}

export async function findBuyer(db: Db): Promise<Buyer | undefined> {
  const [found] = await db
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(eq(user.email, demoAddresses.buyer))
  return found
}

interface Whose {
  readonly buyer: Buyer
  readonly agent: TourAgent
}

/** Since when they are signed in somewhere. */
export async function findSignIn(db: Db, { buyer }: Pick<Whose, 'buyer'>): Promise<{ readonly at: Date } | undefined> {
  const [found] = await db
    .select({ at: min(session.createdAt) })
    .from(session)
    .where(and(eq(session.userId, buyer.id), gt(session.expiresAt, sql`now()`)))
  return found?.at ? { at: found.at } : undefined
}

export async function findFavourite(db: Db, { buyer, agent }: Whose): Promise<{ readonly at: Date } | undefined> {
  const [found] = await db
    .select({ at: agentFavourites.createdAt })
    .from(agentFavourites)
    .where(and(eq(agentFavourites.userId, buyer.id), eq(agentFavourites.agentId, agent.id)))
  return found
}

/** The latest subscription that began, or went on, with a trial. */
export async function findTrial(db: Db, { buyer, agent }: Whose): Promise<Trial | undefined> {
  const { id, agentId, userId, tierId, createdAt, trialEndsAt } = userAgentSubscriptions
  const [found] = await db
    .select({ subscriptionId: id, agentId, tierName: agentPricingTiers.tierName, startedAt: createdAt, trialEndsAt })
    .from(userAgentSubscriptions)
    .innerJoin(agentPricingTiers, eq(agentPricingTiers.id, tierId))
    .where(and(eq(userId, buyer.id), eq(agentId, agent.id), sql`${trialEndsAt} IS NOT NULL`))
    .orderBy(desc(createdAt))
    .limit(1)
  if (found === undefined || found.trialEndsAt === null) return undefined
  return { ...found, endsAt: found.trialEndsAt }
}

export interface Launch {
  /** When they said what it may know. */
  readonly allowedAt: Date
  /** UTC, of the first day, by the business clock: `2026-11-23`. */
  readonly day: string
}

export async function findLaunch(db: Db, { buyer, agent }: Whose): Promise<Launch | undefined> {
  const isTheirs = and(eq(agentSignIns.userId, buyer.id), eq(agentSignIns.agentId, agent.id))
  const [signedIn] = await db
    .select({ day: agentSignIns.day })
    .from(agentSignIns)
    .where(isTheirs)
    .orderBy(asc(agentSignIns.day))
    .limit(1)
  const [consent] = await db
    .select({ at: min(oauthConsent.createdAt) })
    .from(oauthConsent)
    .where(and(eq(oauthConsent.userId, buyer.id), eq(oauthConsent.clientId, agent.oauthClientId)))
  return signedIn && consent?.at ? { day: signedIn.day, allowedAt: consent.at } : undefined
}

export interface BoughtAddon {
  readonly at: Date
  readonly amount: number
  /** Undefined: the charge has not been recorded. */
  readonly paid: Money | undefined
}

/** The first that was bought for the subscription. */
export async function findBoughtAddon(db: Db, { subscriptionId }: Trial): Promise<BoughtAddon | undefined> {
  const [found] = await db
    .select({
      at: subscriptionAddons.createdAt,
      amount: subscriptionAddons.amount,
      paidMinor: billingEntries.amount,
      currency: billingEntries.currency,
    })
    .from(subscriptionAddons)
    .leftJoin(
      billingEntries,
      and(eq(billingEntries.stripeObjectId, subscriptionAddons.stripeObjectId), eq(billingEntries.kind, 'charge')),
    )
    .where(and(eq(subscriptionAddons.subscriptionId, subscriptionId), eq(subscriptionAddons.source, 'purchased')))
    .orderBy(asc(subscriptionAddons.createdAt))
    .limit(1)
  if (found === undefined) return undefined
  const { at, amount, paidMinor, currency } = found
  return {
    at,
    amount,
    paid: paidMinor === null || currency === null ? undefined : { amountMinor: paidMinor, currency },
  }
}

export interface Month {
  /** Of the business clock, ahead of the real one. */
  readonly daysAhead: number
  /** Of the tier itself, once its trial was over. Undefined: not yet. */
  readonly charge: { readonly at: Date; readonly paid: Money; readonly invoice: string } | undefined
}

const dayMs = 86_400_000

export async function readMonth(db: Db, trial: Trial | undefined): Promise<Month> {
  const [clock] = await db.select({ offsetMs: installation.clockOffsetMs }).from(installation)
  return {
    daysAhead: Math.round((clock?.offsetMs ?? 0) / dayMs),
    charge: trial && (await findCharge(db, trial)),
  }
}

async function findCharge(db: Db, { subscriptionId, endsAt }: Trial): Promise<Month['charge']> {
  const { occurredAt, amount, currency, metadata, kind, subscriptionRef } = billingEntries
  const [found] = await db
    .select({ at: occurredAt, amount, currency, number: sql<string | null>`${metadata}->>'number'` })
    .from(billingEntries)
    .where(
      and(
        eq(subscriptionRef, subscriptionId),
        eq(kind, 'charge'),
        gt(amount, 0),
        gte(occurredAt, endsAt),
        // An add-on's charge names its offer.
        sql`NOT ${metadata} ? 'offerId'`,
      ),
    )
    .orderBy(asc(occurredAt))
    .limit(1)
  if (found === undefined) return undefined
  return { at: found.at, paid: { amountMinor: found.amount, currency: found.currency }, invoice: found.number ?? '' }
}
