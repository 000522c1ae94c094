import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ErrorCode } from '#src/lib/errors.ts'
import type { LiftLinks, UsageEngine } from '#src/metering/index.ts'
import { callerOf, requireBackend } from './caller.ts'
import { decisionOf } from './decision.ts'
import type { Decision } from './decision.ts'
import { usageReport } from './schema.ts'
import type { UsageQuestionBody, UsageReport } from './schema.ts'

export interface UsageDeps {
  readonly usage: UsageEngine
  readonly liftLinks: LiftLinks
}

/** Decides, and records what it allows. Throws AppError where the request is wrong, and as UsageEngine.consume. */
export async function reportUsage(deps: UsageDeps, token: AccessToken, report: UsageReport): Promise<Decision> {
  const { clientReqId: requestId, metric, delta, occurredAt, metadata } = report
  const caller = callerOf(token, { userId: report.userId, delta })
  const event = { ...caller, metric, delta, requestId, occurredAt, metadata: metadata && JSON.stringify(metadata) }
  const answer = await deps.usage.consume(event)
  return decisionOf(answer, { metric, purchaseUrl: () => deps.liftLinks.urlFor({ ...caller, metric }) })
}

/** The same decision with nothing recorded. */
export async function checkUsage(
  deps: UsageDeps,
  token: AccessToken,
  { userId, metric, delta }: UsageQuestionBody,
): Promise<Decision> {
  const caller = callerOf(token, { userId, delta })
  const answer = await deps.usage.check({ ...caller, metric, delta })
  return decisionOf(answer, { metric, purchaseUrl: () => deps.liftLinks.urlFor({ ...caller, metric }) })
}

/** One event of a batch that is wrong, or could not be taken now. */
export interface BatchFailure {
  readonly clientReqId: string | null
  readonly error: { readonly code: ErrorCode; readonly errors?: readonly { path: string; message: string }[] }
}
export type BatchResult = (Decision & { readonly clientReqId: string }) | BatchFailure

/**
 * Many events of the agent's backend, answered in their order, each by itself. An event that is not even well-formed fails like
 * any other. Throws `forbidden` for a person's token.
 */
export async function reportBatch(
  deps: UsageDeps,
  token: AccessToken,
  events: readonly unknown[],
): Promise<readonly BatchResult[]> {
  requireBackend(token)
  return Promise.all(events.map((event) => reportOne(deps, token, event)))
}

async function reportOne(deps: UsageDeps, token: AccessToken, event: unknown): Promise<BatchResult> {
  const parsed = usageReport.safeParse(event)
  if (!parsed.success) {
    const errors = parsed.error.issues.slice(0, 5).map(({ path, message }) => ({ path: path.join('.'), message }))
    return { clientReqId: idOf(event), error: { code: 'invalid_request', errors } }
  }
  const { clientReqId } = parsed.data
  try {
    return { clientReqId, ...(await reportUsage(deps, token, parsed.data)) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { clientReqId, error: { code: error.code } }
  }
}

const idOf = (event: unknown): string | null => {
  const id = typeof event === 'object' && event !== null && 'clientReqId' in event ? event.clientReqId : undefined
  return typeof id === 'string' && id.length <= 64 ? id : null
}
