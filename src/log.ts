import pino from 'pino'
import type { Logger } from 'pino'
import type { Config } from '#src/config.ts'

export type Log = Logger

// Whatever a library puts into a log object, these never leave the process.
const secretPaths = ['password', 'token', 'secret', 'authorization', 'cookie', 'clientSecret', 'client_secret']
const redact = [
  ...secretPaths,
  ...secretPaths.map((path) => `*.${path}`),
  ...secretPaths.map((path) => `*.*.${path}`),
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
]

/** A database driver's error can carry the connection's own settings, so only what helps is kept. */
export function loggableError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutCredentials(String(error)) }
  const { code, cause } = error as Error & { code?: unknown }
  return {
    type: error.name,
    message: withoutCredentials(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: withoutCredentials(error.stack) }),
    ...(cause === undefined ? {} : { cause: loggableError(cause) }),
  }
}

const withoutCredentials = (text: string): string => text.replace(/(\w+:\/\/[^:@/\s]*):[^@\s]+@/g, '$1:[redacted]@')

/** JSON lines on standard error: standard output belongs to the start lines and to commands' results. */
export function createLog(config: Pick<Config, 'logLevel'>): Log {
  return pino(
    {
      level: config.logLevel,
      redact: { paths: redact, censor: '[redacted]' },
      base: { pid: process.pid },
      serializers: { err: loggableError, error: loggableError },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}
