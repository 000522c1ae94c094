/** An RFC 9457 problem, as Rialto answers it. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly requestId?: string
  readonly detail?: string
  readonly [extension: string]: unknown
}

/** Codes of Rialto's problems, OAuth's own (RFC 6749 §5.2), and what can go wrong on this side. New ones may come. */
export type RialtoErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'request_id_conflict'
  | 'reservation_settled'
  | 'metric_not_found'
  | 'counter_only'
  | 'below_zero'
  | 'payload_too_large'
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'invalid_client'
  // Of this side.
  | 'network'
  | 'unexpected_answer'
  | 'queue_full'
  | 'queue_closed'
  | (string & {})

interface Details {
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly problem?: Problem | undefined
  /** How long Rialto asked to wait. */
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** Everything the SDK throws, but for a caller's own abort, which is thrown as its signal's reason. A denial is no error. */
export class RialtoError extends Error {
  override readonly name = 'RialtoError'
  readonly code: RialtoErrorCode
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined
  /** What the operator of the marketplace finds it by. */
  readonly requestId: string | undefined
  readonly problem: Problem | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: RialtoErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.status = details.status
    this.requestId = details.requestId
    this.problem = details.problem
    this.retryAfterMs = details.retryAfterMs
  }
}

const transientStatuses = new Set([429, 502, 503, 504])
const transientCodes = new Set<string>(['network', 'timeout', 'rate_limited', 'unavailable'])

/** Whether the same request may succeed in a moment. Sending it again is safe: its id is counted once. */
export const isTransient = (error: unknown): error is RialtoError =>
  error instanceof RialtoError &&
  (error.status === undefined ? transientCodes.has(error.code) : transientStatuses.has(error.status))

/** The error that an answer of 4xx or 5xx stands for. */
export async function errorOf(response: Response): Promise<RialtoError> {
  const { status, headers } = response
  const requestId = headers.get('x-request-id') ?? undefined
  const retryAfterMs = retryAfterOf(headers)
  const body: unknown = await response.json().catch(() => undefined)
  if (!isProblem(body)) {
    const code = transientStatuses.has(status) ? 'unavailable' : 'unexpected_answer'
    return new RialtoError(code, `Rialto answered ${status}`, { status, requestId, retryAfterMs })
  }
  const message = body.detail === undefined ? body.title : `${body.title}: ${body.detail}`
  return new RialtoError(body.code, message, {
    status,
    requestId: body.requestId ?? requestId,
    problem: body,
    retryAfterMs,
  })
}

function isProblem(body: unknown): body is Problem {
  const { code, title } = (body ?? {}) as { readonly code?: unknown; readonly title?: unknown }
  return typeof code === 'string' && typeof title === 'string'
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')
  if (text === null) return undefined
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined
}
