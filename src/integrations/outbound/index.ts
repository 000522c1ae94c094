export { OutboundError } from './outbound-error.ts'
export type { OutboundReason } from './outbound-error.ts'
export { createOutboundFetch } from './outbound-fetch.ts'
export type { OutboundAnswer, OutboundFetch, OutboundOptions } from './outbound-fetch.ts'
