import { AppError } from '#src/lib/errors.ts'
import type { ErrorCode } from '#src/lib/errors.ts'

const refusals = [
  'already_subscribed',
  'trial_used',
  'tier_not_on_offer',
  'wrong_currency',
  'payment_required',
  'payment_declined',
  'spend_cap_reached',
  'unavailable',
  'conflict',
  'rate_limited',
] as const satisfies readonly ErrorCode[]

/** What a page says in words of its own. */
export interface Refusal {
  readonly code: (typeof refusals)[number]
  /** What is special about it, for people. */
  readonly detail?: string
  /** The one that stands in the way. */
  readonly subscriptionId?: string
}

export type Attempt<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => uuid.test(text)

/**
 * A verb's expected failures as data, for pages. Undefined: what it is about is not there, or is somebody else's, as with an id
 * that is none.
 */
export async function attempt<T>(ids: readonly string[], verb: () => Promise<T>): Promise<Attempt<T> | undefined> {
  if (!ids.every(isUuid)) return undefined
  try {
    return { kind: 'ok', value: await verb() }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not_found' || error.code === 'invalid_request') return undefined
    const code = refusals.find((known) => known === error.code)
    if (code === undefined) throw error
    const { detail, subscriptionId } = error.details
    return {
      kind: 'refused',
      refusal: {
        code,
        ...(typeof detail === 'string' && { detail }),
        ...(typeof subscriptionId === 'string' && { subscriptionId }),
      },
    }
  }
}
