import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

/** Whose use a request is about, as its token allows. */
export interface Caller {
  readonly agentId: string
  readonly userId: string
}

/** The agent's own backend: refunds, holds, batches and lowering are its alone. Throws `forbidden`. */
export function requireBackend(token: AccessToken): { readonly agentId: string } {
  if (token.agent === undefined || token.kind !== 'agent') throw new AppError('forbidden')
  return { agentId: token.agent.id }
}

interface Asked {
  readonly userId: string | undefined
  readonly delta: number
}

/**
 * An agent's backend may name anybody: who has not subscribed to it is answered so. A person's token speaks for that person only,
 * and never lowers. Throws `forbidden`, `not_found` for another person, `invalid_request` where a backend names nobody.
 */
export function callerOf(token: AccessToken, { userId, delta }: Asked): Caller {
  if (token.agent === undefined) throw new AppError('forbidden', { detail: 'This client belongs to no agent.' })
  const agentId = token.agent.id
  if (token.kind === 'agent') {
    if (userId !== undefined) return { agentId, userId }
    throw new AppError('invalid_request', { errors: [{ in: 'json', path: 'userId', message: 'is required' }] })
  }
  if (userId !== undefined && userId !== token.subject) throw new AppError('not_found')
  if (delta < 0) throw new AppError('forbidden', { detail: 'Only the agent’s backend may lower a gauge.' })
  return { agentId, userId: token.subject }
}
