import type { Stripe } from 'stripe'
import { stripeCall } from '../stripe-failures.ts'
import { updateProduct } from './price-at-stripe.ts'
import type { ProductWords } from './price-at-stripe.ts'

interface Product {
  readonly productId: string
  readonly words: ProductWords
  readonly prices: readonly { readonly id: string; readonly isOnSale: boolean }[]
}

const pageMax = 100
const activePricesMax = 1_000

/**
 * Tells Stripe what a product is called and which of its prices can be bought. Prices that are not named stay as they are: one
 * may be about to be written down. Throws `unavailable`.
 */
export async function agree(stripe: Stripe, { productId, words, prices }: Product): Promise<void> {
  await updateProduct(stripe, { productId, words })
  const active = new Set(
    await stripeCall(() =>
      stripe.prices
        .list({ product: productId, active: true, limit: pageMax })
        .autoPagingToArray({ limit: activePricesMax }),
    ).then((found) => found.map(({ id }) => id)),
  )
  for (const { id, isOnSale } of prices) {
    if (active.has(id) !== isOnSale) await stripeCall(() => stripe.prices.update(id, { active: isOnSale }))
  }
}
