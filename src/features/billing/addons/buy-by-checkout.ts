import { AppError } from '#src/lib/errors.ts'
import { findSession, settleSession } from '../checkout/session.ts'
import type { ReconcileDeps } from '../context.ts'
import { ensureCustomer } from '../customers/ensure-customer.ts'
import { cameFromOf, noteOnIntent, readIntent } from '../intents/intents.ts'
import { metadataOf } from '../intents/metadata.ts'
import { ensureOfferPrice } from '../prices/ensure-offer-price.ts'
import { stripeCall } from '../stripe-failures.ts'
import { refusalOf } from './purchase.ts'
import type { BoughtAddon, Purchase } from './purchase.ts'

/** Where no card is saved: Stripe's page takes one. */
export async function buyByCheckout(deps: ReconcileDeps, purchase: Purchase): Promise<BoughtAddon> {
  const { intent } = purchase
  const session = (await findSession(deps, intent)) ?? (await createSession(deps, purchase))
  if (session.status === 'open' && session.url !== null) {
    await noteOnIntent(deps.db, intent.id, { stripeObjectId: session.id, url: session.url })
    return { kind: 'checkout', url: session.url, intentId: intent.id }
  }
  await settleSession(deps, intent)
  const settled = (await readIntent(deps.db, intent.id)) ?? intent
  if (settled.state === 'done') return { kind: 'done' }
  if (settled.state === 'open') throw new AppError('conflict', { detail: 'This purchase is being worked on.' })
  throw refusalOf(settled)
}

async function createSession(deps: ReconcileDeps, { intent, offer }: Purchase) {
  const customer = await ensureCustomer(deps, { userId: intent.userId })
  const { priceId } = await ensureOfferPrice(deps, offer.id)
  const metadata = metadataOf({ kind: 'addon', intentId: intent.id, agentId: offer.agentId })
  return stripeCall(() =>
    deps.payments.stripe.checkout.sessions.create(
      {
        mode: 'payment',
        customer,
        client_reference_id: intent.id,
        line_items: [{ price: priceId, quantity: 1 }],
        allowed_payment_method_types: ['card'],
        success_url: `${deps.baseUrl}/checkout/${intent.id}`,
        cancel_url: `${deps.baseUrl}${cameFromOf(intent) ?? `/account/subscriptions/${intent.subscriptionId}`}`,
        expires_at: Math.floor(intent.expiresAt.getTime() / 1000),
        metadata,
        // The invoice is what grants it.
        invoice_creation: { enabled: true, invoice_data: { metadata } },
      },
      { idempotencyKey: `${intent.id}:session` },
    ),
  )
}
