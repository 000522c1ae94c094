export { ensureCustomer } from './customers/ensure-customer.ts'
export { ensureOfferPrice } from './prices/ensure-offer-price.ts'
export { ensureTierPrice } from './prices/ensure-tier-price.ts'
export type { StripePrice } from './prices/price-at-stripe.ts'
