import type { Deps } from '#src/deps.ts'
import type { EventHandlers } from './handle-event.ts'

/** What billing does about events. */
export function eventHandlers(_deps: Deps): EventHandlers {
  const ignored = async (): Promise<string> => 'ignored'
  return { subscription: ignored, invoice: ignored, refund: ignored, dispute: ignored, checkoutSession: ignored }
}
