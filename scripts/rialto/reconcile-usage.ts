// `pnpm rialto usage:reconcile`: compares every counter with the ledger, now. Exit code 1 when one differs; repairs nothing.
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import { reconcileAll } from '#src/features/usage/index.ts'
import type { CommandContext } from '../db/command.ts'

const shownMax = 100

export async function reconcileUsage({ log, say }: CommandContext): Promise<void> {
  const database = await openDatabase(readConfig(), log)
  const pool = createPool({
    url: database.url,
    max: 2,
    onError: (error) => log.warn({ err: error }, 'connection lost'),
  })
  try {
    await migrate({ pool, log })
    const { subscriptions, drifts } = await reconcileAll({ db: createDatabase(pool), log })
    if (drifts.length === 0) {
      say(`✓ Every counter is the sum of its ledger entries (${subscriptions} subscriptions)`)
      return
    }
    process.exitCode = 1
    say(
      `✗ ${drifts.length} of the counters of ${subscriptions} subscriptions differ from the ledger; nothing was changed`,
    )
    for (const { subscriptionId, metricId, periodStart, used, ledger, held, reserved } of drifts.slice(0, shownMax)) {
      const where = `subscription ${subscriptionId}, metric ${metricId}, period from ${periodStart}`
      say(`  ${where}: counter ${used}, ledger ${ledger}, held ${held}, reserved ${reserved}`)
    }
  } finally {
    await pool.end()
    await database.close()
  }
}
