import type { GenericEndpointContext } from 'better-auth'
import { z } from 'zod'
import { statedAcr } from '../authentication/acr.ts'

/** What the provider stores as the `value` of a code's verification row. */
const issuedCode = z.object({
  type: z.literal('authorization_code'),
  userId: z.string(),
  sessionId: z.string().nullish(),
  resource: z.array(z.string()).nullish(),
  /** Milliseconds since 1970. */
  authTime: z.number().nullish(),
  query: z.object({
    client_id: z.string(),
    redirect_uri: z.string().optional(),
    scope: z.string().optional(),
    acr_values: z.string().optional(),
  }),
})

/** An agent redeems its code at once (RFC 9700 §2.1.1 wants it short). */
const codeMs = 60_000

interface Verification {
  readonly identifier: string
  readonly value: string
  readonly expiresAt: Date
}

/**
 * Writes the ledger row of a code before the provider stores the code itself, so no code can leave without its row.
 * Verification rows of other kinds (e-mail, password reset) pass through untouched.
 */
export async function recordIssue(
  verification: Verification,
  endpoint: GenericEndpointContext | null,
): Promise<{ data: Verification } | undefined> {
  const code = parseIssuedCode(verification.value)
  if (code === undefined) return undefined
  if (endpoint === null) throw new Error('An authorization code was issued outside of a request')

  const expiresAt = new Date(Date.now() + codeMs)
  const methods = await methodsOf(endpoint, code.sessionId)
  await endpoint.context.adapter.create({
    model: 'oauthAuthorizationCode',
    data: {
      codeHash: verification.identifier,
      clientId: code.query.client_id,
      userId: code.userId,
      sessionId: code.sessionId ?? null,
      scopes: (code.query.scope ?? '').split(' ').filter(Boolean),
      resources: code.resource ?? null,
      redirectUri: code.query.redirect_uri ?? null,
      expiresAt,
      acr: statedAcr(methods, code.query.acr_values?.split(' ') ?? []) ?? null,
      amr: methods,
      authenticatedAt: code.authTime == null ? null : new Date(code.authTime),
    },
  })
  return { data: { ...verification, expiresAt } }
}

async function methodsOf(
  { context }: GenericEndpointContext,
  sessionId: string | null | undefined,
): Promise<readonly string[]> {
  if (sessionId == null) return []
  const where = [{ field: 'id', value: sessionId }]
  const session = await context.adapter.findOne<{ amr?: readonly string[] | null }>({ model: 'session', where })
  return session?.amr ?? []
}

function parseIssuedCode(value: string): z.infer<typeof issuedCode> | undefined {
  // Most verification values are plain text, not JSON; those are simply not codes.
  if (!value.startsWith('{')) return undefined
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return undefined
  }
  const isCode = typeof json === 'object' && json !== null && 'type' in json && json.type === 'authorization_code'
  // A code in a shape we don't know must not be issued unrecorded: parse() throws.
  return isCode ? issuedCode.parse(json) : undefined
}
