import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { hashCode } from '../authorization-codes/code-hash.ts'
import type { ProviderClient } from './clients.ts'
import type { ProviderContext } from './context.ts'
import type { ForwardedForm } from './form.ts'
import { tellAuthentication } from './tell-authentication.ts'

interface Issue extends ForwardedForm {
  readonly client: ProviderClient
}

/** Has the provider issue tokens, and puts right what it sees differently. */
export async function issueTokens(context: ProviderContext, { client, ...sent }: Issue): Promise<Response> {
  const answer = await context.askForTokens(sent)
  if (!answer.ok) return answer
  if (sent.request.headers.has('dpop') && client.authMethod !== 'none') await unbindRefreshToken(context.db, answer)
  return sent.grantId === undefined ? answer : tellAuthentication(context, { answer, grantId: sent.grantId })
}

/**
 * A client that proves itself anyway may change its key, so its refresh tokens are not bound to one (RFC 9449 §5). The provider
 * binds them all, and an agent that makes its key anew when it starts would lose its people.
 */
async function unbindRefreshToken(db: Database, answer: Response): Promise<void> {
  const { refresh_token: token } = (await answer.clone().json()) as { refresh_token?: string }
  if (token === undefined) return
  await db.execute(sql`UPDATE oauth_refresh_token SET confirmation = NULL WHERE token = ${hashCode(token)}`)
}
