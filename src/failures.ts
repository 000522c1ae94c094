import { HTTPException } from 'hono/http-exception'
import { isDatabaseUnavailable, isStatementTimeout } from '#src/db/errors.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ErrorCode } from '#src/lib/errors.ts'
import type { Log } from '#src/log.ts'

export interface Failure {
  readonly code: ErrorCode | 'internal'
  readonly details?: Readonly<Record<string, unknown>>
}

export const notJson = { errors: [{ in: 'json', path: '', message: 'is not JSON' }] }

/** What a caller is told of whatever was thrown. What nobody expected is logged here, and nowhere else. */
export function failureOf(error: unknown, { log, requestId }: { log: Log; requestId: string }): Failure {
  if (error instanceof AppError) return { code: error.code, details: error.details }
  if (error instanceof HTTPException && error.status === 403) return { code: 'forbidden' }
  // What the API's validators throw for a body that isn't JSON at all.
  if (error instanceof HTTPException && error.status === 400) return { code: 'invalid_request', details: notJson }
  if (isDatabaseUnavailable(error)) {
    log.warn({ requestId, err: error }, 'the database is not available')
    return { code: 'unavailable' }
  }
  if (isStatementTimeout(error)) {
    log.warn({ requestId, err: error }, 'a statement ran into its time limit')
    return { code: 'timeout' }
  }
  log.error({ requestId, err: error }, 'unexpected error')
  return { code: 'internal' }
}
