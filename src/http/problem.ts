import type { ErrorCode } from '#src/lib/errors.ts'

/** A problem as RFC 9457 defines it, plus our stable `code` and the request's id for support. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: string
  readonly requestId: string
  readonly [extension: string]: unknown
}

interface ProblemKind {
  readonly status: number
  readonly title: string
  /** Seconds after which trying again makes sense; sent as Retry-After (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds?: number
}

/** The one table from codes to HTTP. A new ErrorCode does not compile until it has its row. */
const kinds: Record<ErrorCode | 'internal', ProblemKind> = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Sign in or send a token first' },
  forbidden: { status: 403, title: 'You may not do this' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'This conflicts with what is already there' },
  request_id_conflict: { status: 409, title: 'This clientReqId was used for something else' },
  already_subscribed: { status: 409, title: 'There is a subscription already' },
  trial_used: { status: 409, title: 'The trial has been used before' },
  tier_not_on_offer: { status: 409, title: 'This tier is not on offer' },
  wrong_currency: { status: 409, title: 'This is sold in another currency than what you have' },
  payment_required: { status: 402, title: 'Something has to be paid first' },
  payment_declined: { status: 402, title: 'The payment was declined' },
  spend_cap_reached: { status: 409, title: 'Your spending cap stops this' },
  spend_cap_too_low: { status: 409, title: 'More than this is charged already' },
  signature_invalid: { status: 400, title: 'The signature does not fit the body' },
  reservation_settled: { status: 409, title: 'This reservation was settled another way' },
  metric_not_found: { status: 422, title: 'The agent has no such metric' },
  counter_only: { status: 422, title: 'A counter only goes up, and only a counter can be reserved or refunded' },
  below_zero: { status: 422, title: 'A gauge can’t go below zero' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of a type that is not accepted here' },
  rate_limited: { status: 429, title: 'Too many requests', retryAfterSeconds: 10 },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Not available right now', retryAfterSeconds: 2 },
  search_timeout: { status: 504, title: 'The search took too long', retryAfterSeconds: 5 },
  timeout: { status: 504, title: 'This took too long', retryAfterSeconds: 5 },
}

interface ProblemInput {
  readonly code: ErrorCode | 'internal'
  readonly requestId: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** An `application/problem+json` response (RFC 9457). `details` become extension members; `retryAfterSeconds` a header. */
export function problemResponse({ code, requestId, details = {} }: ProblemInput): Response {
  const kind = kinds[code]
  const problem: Problem = { ...details, type: 'about:blank', title: kind.title, status: kind.status, code, requestId }
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  const retryAfter = details['retryAfterSeconds'] ?? kind.retryAfterSeconds
  if (typeof retryAfter === 'number') headers.set('retry-after', String(Math.ceil(retryAfter)))
  // The rest of the body stays unread, so the connection can't serve another request.
  if (code === 'payload_too_large') headers.set('connection', 'close')
  return new Response(JSON.stringify(problem), { status: kind.status, headers })
}
