import type { Context } from 'hono'
import type { Deps } from '#src/deps.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { exportEarnings } from './export-earnings.ts'

interface Wanted {
  readonly organizationRef: string
  /** For the name of the file. */
  readonly name: string
  readonly month: string
}

export function csvResponse(
  c: Context<ConsoleEnv>,
  { db, log }: Pick<Deps, 'db' | 'log'>,
  { organizationRef, name, month }: Wanted,
) {
  const onError = (error: unknown) => log.warn({ err: error, requestId: c.get('requestId') }, 'an export broke off')
  c.header('content-type', 'text/csv; charset=utf-8; header=present')
  c.header('content-disposition', `attachment; filename="earnings-${name}-${month}.csv"`)
  return c.body(exportEarnings(db, { organizationRef, month, onError }), 200)
}
