import { z } from '@hono/zod-openapi'
import type { AccessToken } from '#src/identity/index.ts'

/** What an access token stands for, as its bearer may know it. */
export const tokenFactsSchema = z
  .object({
    kind: z
      .enum(['person', 'agent'])
      .openapi({ description: 'Whether a person or an agent’s own backend holds the token.' }),
    subject: z.string().openapi({ description: 'The person’s id; for a backend its client id.' }),
    clientId: z.string(),
    agent: z.string().nullable().openapi({ description: 'The agent’s slug; null when the client belongs to none.' }),
    scopes: z.array(z.string()),
    expiresAt: z.iso.datetime(),
  })
  .openapi('Me')

type TokenFacts = z.infer<typeof tokenFactsSchema>

export function describeToken({ kind, subject, clientId, agent, scopes, expiresAt }: AccessToken): TokenFacts {
  const facts = { kind, subject, clientId, agent: agent?.slug ?? null, scopes: [...scopes] }
  return { ...facts, expiresAt: expiresAt.toISOString() }
}
