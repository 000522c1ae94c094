import { AppError } from '#src/lib/errors.ts'
import type { ReconcileDeps } from '../context.ts'
import { readIntent } from '../intents/intents.ts'
import { giveUpSession, isAtCheckout } from './session.ts'
import type { WhichCheckout } from './settle-checkout.ts'

/**
 * Ends a purchase that its person doesn't want any more; one that was paid just now stays bought. Throws `not_found`, also for
 * somebody else's, and `unavailable`.
 */
export async function giveUpCheckout(deps: ReconcileDeps, { intentId, userId }: WhichCheckout): Promise<void> {
  const intent = await readIntent(deps.db, intentId)
  if (intent === undefined || intent.userId !== userId || !isAtCheckout(intent)) throw new AppError('not_found')
  if (intent.state === 'open') await giveUpSession(deps, intent)
}
