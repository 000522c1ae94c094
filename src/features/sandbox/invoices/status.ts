const shown = ['open', 'paid', 'uncollectible', 'void'] as const

/** A draft is shown to nobody yet. */
export type InvoiceStatus = (typeof shown)[number]

export const shownStatus = (status: string | null): InvoiceStatus | undefined => shown.find((known) => known === status)
