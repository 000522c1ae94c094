import { eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import { agentScopeReasons } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { oauthScopes } from '#src/identity/index.ts'
import type { Scope } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { lockAgent } from './agent.ts'

export type ScopeReasons = Partial<Readonly<Record<Scope, string>>>

export interface SetScopeReasons {
  readonly agentId: string
  readonly userId: string | undefined
  /** By scope, in the publisher's words; a scope that is left out, or whose reason is blank, has none from then on. */
  readonly reasons: Readonly<Record<string, string>>
}

const reasonCharactersMax = 200
// No line breaks, and nothing that turns the direction of the words of ours around it or hides some. The two joiners are letters
// of Persian and many other scripts.
const plainText = /^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|[\u200C\u200D])+$/u

/**
 * Replaces why an agent asks for each of its scopes, as people read it before they let it in. Sentences of plain text: markup is
 * shown, not obeyed. The same again changes nothing. Throws `not_found`, `invalid_request` that names the wrong scopes.
 */
export async function setScopeReasons(
  { db }: Pick<Deps, 'db'>,
  { agentId, userId, reasons }: SetScopeReasons,
): Promise<void> {
  const after = checkReasons(reasons)
  await db.transaction(async (tx) => {
    const agent = await lockAgent(tx, agentId)
    const ofAgent = eq(agentScopeReasons.agentId, agentId)
    const rows = await tx.select().from(agentScopeReasons).where(ofAgent)
    const before: ScopeReasons = Object.fromEntries(rows.map(({ scope, reason }) => [scope, reason]))
    if (oauthScopes.every((scope) => before[scope] === after[scope])) return
    await tx.delete(agentScopeReasons).where(ofAgent)
    const kept = oauthScopes.flatMap((scope) => {
      const reason = after[scope]
      return reason === undefined ? [] : [{ agentId, scope, reason }]
    })
    if (kept.length > 0) await tx.insert(agentScopeReasons).values(kept)
    await recordAudit(tx, {
      userId,
      orgId: agent.organizationId ?? undefined,
      action: 'agent_client.set_scope_reasons',
      resource: 'agent',
      resourceId: agentId,
      metadata: { before, after },
    })
  })
}

function checkReasons(reasons: Readonly<Record<string, string>>): ScopeReasons {
  const given = Object.entries(reasons).flatMap(([scope, text]) => (text.trim() === '' ? [] : [[scope, text.trim()]]))
  const wrong = given.filter(([scope = '', reason = '']) => !isScope(scope) || !isReason(reason))
  if (wrong.length > 0) {
    throw new AppError('invalid_request', { scopes: wrong.map(([scope]) => scope), reasonCharactersMax })
  }
  return Object.fromEntries(given)
}

const isScope = (text: string): boolean => oauthScopes.some((scope) => scope === text)

/** Counted as PostgreSQL counts, by code points. */
const isReason = (text: string): boolean => plainText.test(text) && [...text].length <= reasonCharactersMax
