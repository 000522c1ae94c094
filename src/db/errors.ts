/** SQLSTATE classes and codes, and system errors, that mean "not now", as opposed to a wrong statement. */
const unavailableStates = /^(08|57P0[1-5]|53300|25006)/
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
])
const unavailableMessages =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i

const causesMax = 5

/** Whether the database can't be reached or has no connection to give: try again later. */
export function isDatabaseUnavailable(error: unknown): boolean {
  let current: unknown = error
  for (let depth = 0; depth < causesMax && current instanceof Error; depth++) {
    const { code } = current as { code?: unknown }
    if (typeof code === 'string' && (unavailableCodes.has(code) || unavailableStates.test(code))) return true
    if (unavailableMessages.test(current.message)) return true
    if (current instanceof AggregateError && current.errors.some(isDatabaseUnavailable)) return true
    current = current.cause
  }
  return false
}

/** A statement that ran into `statement_timeout` or `lock_timeout` (SQLSTATE 57014, 55P03), or into the driver's own limit. */
export function isStatementTimeout(error: unknown): boolean {
  let current: unknown = error
  for (let depth = 0; depth < causesMax && current instanceof Error; depth++) {
    const { code } = current as { code?: unknown }
    if (code === '57014' || code === '55P03' || current.message === 'Query read timeout') return true
    current = current.cause
  }
  return false
}

/** A row that a unique constraint refused (SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  let current: unknown = error
  for (let depth = 0; depth < causesMax && current instanceof Error; depth++) {
    if ((current as { code?: unknown }).code === '23505') return true
    current = current.cause
  }
  return false
}
