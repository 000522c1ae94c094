// Does what an intent to buy an add-on says, again and again until it is done: each step looks first at what is there already.
import { eq } from 'drizzle-orm'
import { agentAddonOffers } from '#src/db/schema/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Held } from '../changes/held-update.ts'
import type { ReconcileDeps } from '../context.ts'
import { noteOnIntent, settleIntent } from '../intents/intents.ts'
import type { Intent } from '../intents/intents.ts'
import { buyByCard } from './buy-by-card.ts'
import { buyByCheckout } from './buy-by-checkout.ts'
import { buyByItem } from './buy-by-item.ts'
import type { Offer } from './offer.ts'
import { addonTermsOf, refusalOf } from './purchase.ts'
import type { BoughtAddon } from './purchase.ts'

/** Of an intent of kind `addon`. Throws `payment_declined`, `unavailable`, and `conflict` for one that came to nothing. */
export async function carryOutAddon(deps: ReconcileDeps, intent: Intent): Promise<BoughtAddon> {
  if (intent.state === 'done') return { kind: 'done' }
  if (intent.state !== 'open') throw refusalOf(intent)
  const terms = addonTermsOf(intent)
  const purchase = { intent, offer: await getOffer(deps, intent) }
  if (terms.by === 'checkout') return buyByCheckout(deps, purchase)
  const held =
    terms.by === 'card'
      ? await buyByCard(deps, { ...purchase, card: terms.card })
      : await buyByItem(deps, { ...purchase, prorationDate: terms.prorationDate })
  return answerOf(deps, { intent, held })
}

async function answerOf(deps: ReconcileDeps, { intent, held }: { intent: Intent; held: Held }): Promise<BoughtAddon> {
  switch (held.kind) {
    case 'applied':
      return { kind: 'done' }
    case 'needs_payment':
      await noteOnIntent(deps.db, intent.id, { stripeObjectId: held.stripeInvoiceId, url: held.url })
      return { kind: 'needs_payment', url: held.url }
    case 'declined':
      await settleIntent(deps.db, { id: intent.id, state: 'refused', reason: 'payment_declined' })
      throw new AppError('payment_declined', { detail: held.detail })
  }
}

async function getOffer({ db }: ReconcileDeps, { offerId }: Intent): Promise<Offer> {
  const [offer] = await db
    .select()
    .from(agentAddonOffers)
    .where(eq(agentAddonOffers.id, offerId ?? ''))
  if (offer === undefined) throw new AppError('not_found')
  return offer
}
