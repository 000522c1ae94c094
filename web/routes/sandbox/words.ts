import type { SandboxCheckout, SandboxInvoice } from '#src/features/sandbox/index.ts'

type Every = NonNullable<SandboxCheckout['recurring']>['every']

/** "a month", "every 3 months". */
export const everyWords = ({ interval, count }: Every): string =>
  count === 1 ? `a ${interval}` : `every ${count} ${interval}s`

export const invoiceStates = {
  open: { tone: 'warning', label: 'Open' },
  paid: { tone: 'good', label: 'Paid' },
  void: { tone: 'neutral', label: 'Void' },
  uncollectible: { tone: 'bad', label: 'Given up' },
} as const satisfies Record<SandboxInvoice['status'], object>

/** "1 webhook", "2 webhooks". */
export const countWords = (count: number, thing: string): string =>
  `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
