import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Json } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'

interface TierAudit {
  readonly action: 'create' | 'edit' | 'set_quotas' | 'archive' | 'unarchive' | 'delete' | 'reorder'
  /** Left out: all tiers of the agent. */
  readonly tierId?: string
  readonly metadata: Json
}

export const auditTier = (tx: Transaction, by: AgentPublisher, entry: TierAudit): Promise<void> =>
  recordAudit(tx, {
    userId: by.userId,
    orgId: by.organizationId,
    action: `tier.${entry.action}`,
    resource: 'agent',
    resourceId: by.agentId,
    metadata: { ...entry.metadata, ...(entry.tierId !== undefined && { tierId: entry.tierId }) },
  })
