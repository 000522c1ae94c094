import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import type { Json } from '#src/db/schema/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'

interface MetricAudit {
  readonly action: 'create' | 'edit' | 'archive' | 'unarchive' | 'delete' | 'reorder'
  readonly metadata: Json
}

export const auditMetric = (tx: Transaction, by: AgentPublisher, { action, metadata }: MetricAudit): Promise<void> =>
  recordAudit(tx, {
    userId: by.userId,
    orgId: by.organizationId,
    action: `metric.${action}`,
    resource: 'agent',
    resourceId: by.agentId,
    metadata,
  })
