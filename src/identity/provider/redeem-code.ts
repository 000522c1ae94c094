import { hashCode } from '../authorization-codes/code-hash.ts'
import { claimCode, findCode, noteRedemption, recordReplay } from '../authorization-codes/index.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { endGrant } from './grants.ts'
import type { IdentifiedClient } from './identify-client.ts'
import { issueTokens } from './issue-tokens.ts'
import { invalidGrant } from './oauth-errors.ts'

/**
 * Redeems a code for tokens, once. Whoever claims its row first goes on to the provider; of any number of requests at once
 * that is one, in whatever process. A code that comes again after its tokens left ends all of them (RFC 6749 §4.1.2).
 */
export async function redeemCode(
  context: ProviderContext,
  { request, arrivedAt }: ProviderRequest,
  { client, form, authorization }: IdentifiedClient,
): Promise<Response> {
  const { db, log } = context
  const codeHash = hashCode(form.get('code') ?? '')
  const grantId = await claimCode(db, { codeHash, clientId: client.clientId })
  if (grantId === undefined) {
    const code = await findCode(db, { codeHash, clientId: client.clientId })
    // Sent at the same time as the one that won, it is no replay, and must not end what that one just got.
    if (code?.redeemedAt != null && arrivedAt >= code.redeemedAt) {
      await recordReplay(db, code.id)
      log.warn({ clientId: client.clientId, grantId: code.id }, 'an authorization code was replayed: its tokens ended')
    }
    return invalidGrant()
  }

  const response = await issueTokens(context, { client, request, form, authorization, grantId })
  if (!response.ok) return asGrantError(response)
  if (await noteRedemption(db, { grantId, redeemedAt: new Date() })) return response
  // It was ended while the provider wrote its tokens.
  await db.transaction((tx) => endGrant(tx, grantId))
  return invalidGrant()
}

/** The provider calls a wrong verifier an invalid request and answers 401; RFC 7636 §4.6 says invalid_grant. */
async function asGrantError(response: Response): Promise<Response> {
  if (response.status !== 401) return response
  const { error } = (await response.clone().json()) as { error?: unknown }
  return error === 'invalid_request' ? invalidGrant() : response
}
