import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Json } from '#src/db/schema/business.ts'
import { userIdOf } from './actor.ts'
import type { Actor } from './actor.ts'

interface Change {
  readonly subscriptionId: string
  readonly by: Actor
  /** Of the verb, such as `cancel`. */
  readonly did: string
  readonly metadata?: Json
}

export const auditChange = (tx: Transaction, { subscriptionId, by, did, metadata = {} }: Change): Promise<void> =>
  recordAudit(tx, {
    userId: userIdOf(by),
    action: `subscription.${did}`,
    resource: 'subscription',
    resourceId: subscriptionId,
    metadata: { ...metadata, by: by.kind },
  })
