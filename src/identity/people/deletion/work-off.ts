import { sql } from 'drizzle-orm'
import type { Log } from '#src/log.ts'
import type { Auth } from '../../auth.ts'
import { sendLogout } from '../../provider/back-channel-logout.ts'
import { logoutTokenSigner } from '../../provider/sign-logout-token.ts'
import type { Logout } from '#src/db/schema/business.ts'
import { deletionJobName } from './delete-account.ts'
import { erase } from './erase.ts'
import type { EraseContext } from './erase.ts'

export interface WorkOffContext extends EraseContext {
  readonly auth: Auth
  readonly log: Log
}

/**
 * Something that must be settled elsewhere while the data that it needs is still here. It throws to be tried again; until it
 * succeeds the data stays, and its person is locked out. It may run again after it succeeded.
 */
export type BeforeDataGoes<Context> = (context: Context, userId: string) => Promise<void>

export const deletionJob = <Context extends WorkOffContext>(beforeDataGoes: readonly BeforeDataGoes<Context>[]) => ({
  name: deletionJobName,
  // A confirmation wakes it at once; the clock comes back to what failed or was cut off.
  cron: '*/5 * * * *',
  run: (context: Context): Promise<void> => workOffDeletions(context, beforeDataGoes),
})

const peopleMax = 100

/** Deletes the data of those who asked for it, longest waiting first. One that fails doesn't hold up the next. */
export async function workOffDeletions<Context extends WorkOffContext>(
  context: Context,
  beforeDataGoes: readonly BeforeDataGoes<Context>[],
): Promise<void> {
  const { rows } = await context.db.execute(sql`
    SELECT user_id, logouts FROM account_deletions ORDER BY requested_at, user_id LIMIT ${peopleMax}`)
  let failures = 0
  for (const row of rows) {
    const userId = String(row['user_id'])
    try {
      await tellAgents(context, { userId, logouts: row['logouts'] as readonly Logout[] })
      for (const settle of beforeDataGoes) await settle(context, userId)
      await erase(context, userId)
    } catch (error) {
      failures += 1
      context.log.error({ err: error, userId }, 'an account could not be deleted yet and will be tried again')
    }
  }
  // Said to the queue, too, which comes back sooner than the clock.
  if (failures > 0) throw new Error(`${failures} of ${rows.length} accounts could not be deleted yet`)
}

interface Telling {
  readonly userId: string
  readonly logouts: readonly Logout[]
}

async function tellAgents(context: WorkOffContext, { userId, logouts }: Telling): Promise<void> {
  if (logouts.length === 0) return
  const parts = { ...context, signLogoutToken: logoutTokenSigner(context.auth.server) }
  await Promise.all(logouts.map((logout) => sendLogout(parts, { userId, logout })))
  await context.db.execute(sql`UPDATE account_deletions SET logouts = '[]' WHERE user_id = ${userId}`)
}
