import type { Money } from '#src/lib/money.ts'

/** Stripe writes currencies small. */
export const moneyOf = (amount: number, currency: string): Money => ({
  amountMinor: amount,
  currency: currency.toUpperCase(),
})
