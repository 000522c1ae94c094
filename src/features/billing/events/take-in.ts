import { isStatementTimeout } from '#src/db/errors.ts'
import { installation } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { parseEvent } from './event.ts'
import type { StripeEvent } from './event.ts'
import { verifiedEvent } from './signature.ts'
import { storeEvent } from './store-event.ts'

/** Well before Stripe gives up waiting for an answer. */
const answerMs = 4_000

export type IntakeDeps = Pick<Deps, 'db' | 'jobs' | 'payments' | 'log'>

interface Received {
  readonly body: Buffer
  readonly signature: string | undefined
}

/**
 * Takes in what Stripe sent: verified, kept and queued when this resolves. Throws `signature_invalid`, `invalid_request` for an event
 * that is not for this marketplace, and `unavailable` when it could not be kept in time: Stripe sends it again for three days.
 */
export async function takeIn(deps: IntakeDeps, { body, signature }: Received): Promise<void> {
  const { payments, log } = deps
  const value = await verifiedEvent({
    body,
    header: signature,
    secret: payments.webhookSecret,
    receivedAt: Date.now(),
  })
  const event = parseEvent(value)
  if (event === undefined) throw new AppError('invalid_request', { detail: 'The body is no event.' })
  const mistake = await inTime(() => mistakeOf(deps, event))
  if (mistake !== undefined) {
    // Signed with our secret and yet not for us: somebody has set something up wrongly, and only the log can say so.
    log.error({ expected: mistake.expected }, `stripe: ${mistake.sentence}`)
    throw new AppError('invalid_request', { detail: mistake.sentence })
  }
  await inTime(() => storeEvent(deps, { event }))
}

interface Mistake {
  readonly sentence: string
  readonly expected: string
}

async function mistakeOf({ db, payments }: IntakeDeps, event: StripeEvent): Promise<Mistake | undefined> {
  if (event.livemode !== (payments.environment === 'live')) {
    return { sentence: 'an event of the other mode, live or test, was refused', expected: payments.environment }
  }
  if (event.apiVersion !== apiVersion) {
    return {
      sentence: 'an event of another API version was refused: set it at the webhook endpoint',
      expected: apiVersion,
    }
  }
  if (event.account === undefined) return undefined
  const [present] = await db.select({ account: installation.stripeAccountId }).from(installation)
  if (event.account === present?.account) return undefined
  return { sentence: 'an event of another account was refused', expected: present?.account ?? 'none yet' }
}

/** What goes on behind a database that is too slow does no harm: the event will be known when it comes again. */
async function inTime<T>(work: () => Promise<T>): Promise<T> {
  const tooLate = Promise.withResolvers<never>()
  const timer = setTimeout(() => tooLate.reject(new AppError('unavailable')), answerMs)
  try {
    return await Promise.race([work(), tooLate.promise])
  } catch (error) {
    throw isStatementTimeout(error) ? new AppError('unavailable') : error
  } finally {
    clearTimeout(timer)
  }
}
