export interface Money {
  readonly amountMinor: number
  /** ISO 4217, in capitals. */
  readonly currency: string
}

/** Stripe writes currencies small. */
export const moneyOf = (amount: number, currency: string): Money => ({
  amountMinor: amount,
  currency: currency.toUpperCase(),
})
