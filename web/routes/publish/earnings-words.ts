import type { EarningsEntry } from '#src/features/billing/index.ts'

const months = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })

/** 2026-11 is "November 2026". */
export const monthName = (month: string): string => months.format(new Date(`${month}-01T00:00:00Z`))

/** Basis points: 1250 is "12.5 %". */
export const shareWords = (feeBp: number): string => (feeBp === 0 ? 'nothing' : `${String(Number(`${feeBp}e-2`))} %`)

export const kindNames: Readonly<Record<EarningsEntry['kind'], string>> = {
  charge: 'Sale',
  refund: 'Refund',
  dispute: 'Dispute',
  dispute_reversal: 'Dispute won',
  fee: 'Fee',
  payout: 'Payout',
  adjustment: 'Correction',
}
