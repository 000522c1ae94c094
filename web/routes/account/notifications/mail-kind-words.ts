import type { MailChoices } from '#src/features/notifications/index.ts'

interface Words {
  readonly label: string
  readonly text: string
}

/** Mails that can be done without. */
export const mailKindWords: Readonly<Record<keyof MailChoices, Words>> = {
  usage_limits: {
    label: 'Limits that come close or are reached',
    text: 'a mail when your use comes to a percent that you chose, with the way to lift the limit.',
  },
  payment_receipts: {
    label: 'Receipts',
    text: 'a mail for each payment. Your invoices stay in your account either way.',
  },
}
