import type { SavedCard } from '#src/features/billing/index.ts'

const brands: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** "Visa ending in 4242, until 11/2031" */
export const cardWords = ({ brand, last4, expMonth, expYear }: SavedCard): string =>
  `${brands[brand] ?? 'Card'} ending in ${last4}, until ${String(expMonth).padStart(2, '0')}/${expYear}`
