import type { Deps } from '#src/deps.ts'
import type { Disorder, Sandbox } from '#src/integrations/stripe/index.ts'

/** Claimed together; an interrupted call puts off no more than these. */
const batch = 25
/** A busy year, and an end to it where deliveries make new ones. */
const batchesMax = 400

interface DeliverDue {
  readonly sandbox: Sandbox
  readonly disorder?: Disorder | undefined
  /** No batch is begun afterwards. */
  readonly untilMs?: number
  readonly signal?: AbortSignal
}

export interface Delivered {
  readonly delivered: number
  /** Not taken; each is tried again later. */
  readonly failed: number
}

/** Posts webhooks to Rialto's own endpoint until none is due. */
export async function deliverDue(
  { payments, baseUrl }: Pick<Deps, 'payments' | 'baseUrl'>,
  { sandbox, disorder, untilMs = Number.POSITIVE_INFINITY, signal }: DeliverDue,
): Promise<Delivered> {
  let delivered = 0
  let failed = 0
  for (let batches = 0; batches < batchesMax && Date.now() < untilMs; batches += 1) {
    if (signal?.aborted === true || !(await sandbox.isDeliveryDue())) break
    const result = await sandbox.deliver({
      url: `${baseUrl}/api/webhooks/stripe`,
      secret: payments.webhookSecret,
      fetch: (url, init) => fetch(url, { ...init, signal: anyOf(init?.signal, signal) }),
      limit: batch,
      disorder,
    })
    delivered += result.delivered
    failed += result.failed
  }
  return { delivered, failed }
}

function anyOf(one: AbortSignal | null | undefined, other: AbortSignal | undefined): AbortSignal | null {
  if (one && other) return AbortSignal.any([one, other])
  return one ?? other ?? null
}
