/** Where a press of "Continue as…" may lead. */
export const destinations = { tour: '/tour', clock: '/sandbox/clock', invoices: '/account/invoices' } as const

export type Destination = keyof typeof destinations

export const isDestination = (text: string): text is Destination => Object.hasOwn(destinations, text)
