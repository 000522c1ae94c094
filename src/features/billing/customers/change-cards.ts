import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { withLease } from '../reconcile/lease.ts'
import { endOf } from '../reconcile/read-stripe.ts'
import { stripeCall } from '../stripe-failures.ts'
import { adoptChosenCard, listCards, liveSubscriptions } from './cards.ts'
import type { SavedCard } from './cards.ts'
import { findCustomer } from './ensure-customer.ts'

export interface WhichCard {
  readonly userId: string
  readonly cardId: string
}

type CardDeps = Pick<Deps, 'db' | 'payments'>

/** Lets a saved card pay everything from now on. Throws `not_found`, also for somebody else's, and `unavailable`. */
export async function setDefaultCard(deps: CardDeps, { userId, cardId }: WhichCard): Promise<void> {
  await withCards(deps, userId, async ({ customerId, cards }) => {
    requireCard(cards, cardId)
    await choose(deps, { customerId, cardId })
  })
}

/**
 * Forgets a saved card; another one pays from then on. Throws `not_found`, `unavailable`, and `conflict` for the last one while a
 * subscription is to be renewed by it.
 */
export async function removeCard(deps: CardDeps, { userId, cardId }: WhichCard): Promise<void> {
  await withCards(deps, userId, async ({ customerId, cards }) => {
    const card = requireCard(cards, cardId)
    const [heir] = cards.filter(({ id }) => id !== cardId)
    if (heir === undefined) {
      const renewing = (await liveSubscriptions(deps, customerId)).filter((one) => endOf(one) === null)
      if (renewing.length > 0) {
        throw new AppError('conflict', {
          detail: 'A subscription is paid with this card. Add another card first, or cancel the subscription.',
        })
      }
    } else if (card.isDefault) await choose(deps, { customerId, cardId: heir.id })
    // A subscription may have kept it although another one was chosen.
    else await adoptChosenCard(deps, customerId)
    await stripeCall(() => deps.payments.stripe.paymentMethods.detach(cardId))
  })
}

interface Cards {
  readonly customerId: string
  readonly cards: readonly SavedCard[]
}

/** One at a time, so that two removals don't leave none. */
async function withCards(deps: CardDeps, userId: string, work: (cards: Cards) => Promise<void>): Promise<void> {
  const customerId = await findCustomer(deps, userId)
  if (customerId === undefined) throw new AppError('not_found')
  await withLease(deps, `cards:${customerId}`, async () =>
    work({ customerId, cards: await listCards(deps, customerId) }),
  )
}

function requireCard(cards: readonly SavedCard[], cardId: string): SavedCard {
  const card = cards.find(({ id }) => id === cardId)
  if (card === undefined) throw new AppError('not_found')
  return card
}

async function choose(deps: CardDeps, { customerId, cardId }: { customerId: string; cardId: string }): Promise<void> {
  const invoice_settings = { default_payment_method: cardId }
  await stripeCall(() => deps.payments.stripe.customers.update(customerId, { invoice_settings }))
  await adoptChosenCard(deps, customerId)
}
