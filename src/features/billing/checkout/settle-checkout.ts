import { and, eq } from 'drizzle-orm'
import { agentPricingTiers, agents, billingIntents } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { cameFromOf } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { isAtCheckout, settleSession } from './session.ts'

/** What has become of a purchase, as its page shows it. */
export type CheckoutState = CheckoutSubject &
  (
    | { readonly kind: 'open'; readonly url: string }
    /** Stripe is still at it. */
    | { readonly kind: 'pending' }
    | { readonly kind: 'done'; readonly subscriptionId: string }
    /** It was paid, or would have been, and was given back. */
    | { readonly kind: 'undone'; readonly reason: string; readonly subscriptionId: string | undefined }
    | { readonly kind: 'refused'; readonly reason: string }
    | { readonly kind: 'expired' }
  )

export interface CheckoutSubject {
  readonly intentId: string
  readonly intentKind: Intent['kind']
  readonly agent: { readonly slug: string; readonly name: string }
  /** Null: it is not about a tier. */
  readonly tier: { readonly id: string; readonly name: string } | null
  /** The page of ours that it was begun from, as it was told then. */
  readonly cameFrom: string | null
}

export interface WhichCheckout {
  readonly intentId: string
  readonly userId: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The state of a purchase now: Stripe is asked before it is answered, so a page right after paying is right. Throws `not_found`, also
 * for somebody else's, `unavailable`, and `conflict` while it is being worked on for longer than ten seconds.
 */
export async function settleCheckout(deps: ReconcileDeps, which: WhichCheckout): Promise<CheckoutState> {
  const before = await getIntent(deps, which)
  if (before.intent.state === 'open' || before.intent.state === 'expired') await settleSession(deps, before.intent)
  const { intent, agent, tier } = await getIntent(deps, which)
  const subject = { intentId: intent.id, intentKind: intent.kind, agent, tier, cameFrom: cameFromOf(intent) }
  switch (intent.state) {
    case 'done':
      if (intent.subscriptionId === null) throw new AppError('not_found')
      return { ...subject, kind: 'done', subscriptionId: intent.subscriptionId }
    case 'undone':
      return {
        ...subject,
        kind: 'undone',
        reason: intent.reason ?? 'already_subscribed',
        subscriptionId: intent.subscriptionId ?? undefined,
      }
    case 'refused':
      return { ...subject, kind: 'refused', reason: intent.reason ?? 'not_paid' }
    case 'expired':
      return { ...subject, kind: 'expired' }
    case 'open':
      return intent.url === null ? { ...subject, kind: 'pending' } : { ...subject, kind: 'open', url: intent.url }
  }
}

/** Throws `not_found`, also for another person’s and for what is no purchase. */
async function getIntent({ db }: Pick<ReconcileDeps, 'db'>, { intentId, userId }: WhichCheckout) {
  if (!uuid.test(intentId)) throw new AppError('not_found')
  const [found] = await db
    .select({
      intent: billingIntents,
      agent: { slug: agents.slug, name: agents.name },
      tier: { id: agentPricingTiers.id, name: agentPricingTiers.tierName },
    })
    .from(billingIntents)
    .innerJoin(agents, eq(agents.id, billingIntents.agentId))
    .leftJoin(agentPricingTiers, eq(agentPricingTiers.id, billingIntents.tierId))
    .where(and(eq(billingIntents.id, intentId), eq(billingIntents.userId, userId)))
  if (found === undefined || !isAtCheckout(found.intent)) throw new AppError('not_found')
  return found
}
