import { sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { outboxEvents } from '#src/db/schema/index.ts'
import { endGrant } from '../provider/grants.ts'

/**
 * A code came again after it was redeemed: somebody else has seen it. Ends every token it gave, and tells the agent's
 * publisher once; later replays are only counted.
 */
export async function recordReplay(db: Database, grantId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      UPDATE oauth_authorization_code SET replay_count = replay_count + 1, replayed_at = clock_timestamp()
      WHERE id = ${grantId}
      RETURNING client_id, user_id, replay_count`)
    const [code] = rows
    await endGrant(tx, grantId)
    if (code === undefined || Number(code['replay_count']) > 1) return
    const clientId = String(code['client_id'])
    await recordAudit(tx, {
      userId: String(code['user_id']),
      action: 'oauth_grant.end_replayed',
      resource: 'oauth_grant',
      resourceId: grantId,
      result: 'denied',
      metadata: { clientId },
    })
    await tx.insert(outboxEvents).values({
      type: 'oauth.code_replayed',
      subject: `oauth_client:${clientId}`,
      payload: { clientId, grantId, replayedAt: new Date().toISOString() },
    })
  })
}
