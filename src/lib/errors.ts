/** Every expected failure of the system. `http/problem.ts` alone turns a code into a status and a title. */
export type ErrorCode =
  | 'invalid_request'
  | 'not_found'
  | 'method_not_allowed'
  | 'unauthenticated'
  | 'forbidden'
  | 'conflict'
  | 'request_id_conflict'
  | 'metric_not_found'
  | 'counter_only'
  | 'below_zero'
  | 'reservation_settled'
  | 'already_subscribed'
  | 'trial_used'
  | 'tier_not_on_offer'
  | 'wrong_currency'
  | 'payment_required'
  | 'payment_declined'
  | 'spend_cap_reached'
  | 'spend_cap_too_low'
  | 'signature_invalid'
  | 'rate_limited'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'unavailable'
  | 'search_timeout'
  | 'timeout'

type Details = Readonly<Record<string, unknown>>

/** An expected failure. `details` are shown to the caller, so they hold nothing secret; a bug throws a plain Error. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Details

  constructor(code: ErrorCode, details: Details = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}
