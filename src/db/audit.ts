import type { Transaction } from './client.ts'
import { auditLogs } from './schema/index.ts'
import type { Json } from './schema/business.ts'

export interface AuditEntry {
  /** Who did it; undefined = the system, or somebody who is not signed in. */
  readonly userId?: string | undefined
  readonly orgId?: string | undefined
  /** A verb, such as `agent_client.suspend`. */
  readonly action: string
  /** The kind of thing acted on, such as `oauth_client`. */
  readonly resource: string
  readonly resourceId?: string | undefined
  readonly result?: 'success' | 'failure' | 'denied'
  /** Never secrets, tokens or addresses: the trail can't be changed afterwards. */
  readonly metadata?: Json
}

/** Writes what happened beside the change itself: in its transaction, so that there is never one without the other. */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLogs).values(entry)
}
