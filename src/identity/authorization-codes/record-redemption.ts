import type { GenericEndpointContext } from 'better-auth'
import { hashCode } from './code-hash.ts'
import type { AuthorizationCodeRow } from './schema.ts'

const model = 'oauthAuthorizationCode'

/** What an after-hook gets: the request, and what the endpoint answered or threw. */
type AnsweredEndpoint = GenericEndpointContext & { context: { returned?: unknown } }

/** After the token endpoint answered: notes the first redemption of a code, and every later use as a replay. */
export async function recordRedemption(endpoint: AnsweredEndpoint): Promise<void> {
  const code = presentedCode(endpoint.body)
  if (code === undefined) return

  const { adapter, logger } = endpoint.context
  const byCode = { field: 'codeHash', value: hashCode(code) }
  const row = await adapter.findOne<AuthorizationCodeRow>({ model, where: [byCode] })
  if (row === null) return

  const redeemed = !(endpoint.context.returned instanceof Error)
  if (redeemed) {
    // Conditional on being the first: of concurrent redemptions one is written down, whatever order they end in.
    await adapter.updateMany({
      model,
      where: [byCode, { field: 'redeemedAt', value: null }],
      update: { redeemedAt: new Date() },
    })
    return
  }
  if (row.redeemedAt === null) return

  await adapter.incrementOne({
    model,
    where: [byCode],
    increment: { replayCount: 1 },
    set: { replayedAt: new Date() },
  })
  logger.warn('Authorization code replayed', { clientId: row.clientId, userId: row.userId })
}

function presentedCode(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  if (!('grant_type' in body) || body.grant_type !== 'authorization_code') return undefined
  return 'code' in body && typeof body.code === 'string' && body.code !== '' ? body.code : undefined
}
