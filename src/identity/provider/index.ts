import { answerAuthorize } from './authorize.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { answerPreflight, readable } from './cross-origin.ts'
import type { Readers } from './cross-origin.ts'
import { answerDeviceAuthorization } from './device-authorization.ts'
import { answerEndSession } from './end-session.ts'
import { grantHeader } from './form.ts'
import { answerIntrospect, answerUserInfo } from './introspect.ts'
import { answerJwks } from './jwks.ts'
import { answerMetadata } from './metadata.ts'
import { answerPush } from './push.ts'
import { answerRegister } from './register.ts'
import { answerRevoke } from './revoke.ts'
import { answerToken } from './token.ts'

type Answer = (context: ProviderContext, asked: ProviderRequest) => Promise<Response>

interface Endpoint {
  readonly methods: readonly string[]
  readonly answer: Answer
  /** Left out: scripts of other sites read nothing. */
  readonly readers?: Readers
}

const asIs: Answer = (context, { request }) => context.ask(request)

/**
 * Every endpoint of the provider that the world may call. What stands in front of the provider's own code is in the file of
 * that name; the rest goes through untouched.
 */
const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/.well-known/openid-configuration', { methods: ['GET'], answer: answerMetadata, readers: 'anyone' }],
  ['/.well-known/oauth-authorization-server', { methods: ['GET'], answer: answerMetadata, readers: 'anyone' }],
  ['/ok', { methods: ['GET'], answer: asIs }],
  ['/jwks', { methods: ['GET'], answer: answerJwks, readers: 'anyone' }],
  ['/oauth2/authorize', { methods: ['GET', 'POST'], answer: answerAuthorize }],
  ['/device/code', { methods: ['POST'], answer: answerDeviceAuthorization }],
  ['/oauth2/par', { methods: ['POST'], answer: answerPush, readers: 'public_clients' }],
  ['/oauth2/token', { methods: ['POST'], answer: answerToken, readers: 'public_clients' }],
  ['/oauth2/introspect', { methods: ['POST'], answer: answerIntrospect }],
  ['/oauth2/register', { methods: ['POST'], answer: answerRegister }],
  ['/oauth2/revoke', { methods: ['POST'], answer: answerRevoke, readers: 'public_clients' }],
  ['/oauth2/end-session', { methods: ['GET', 'POST'], answer: answerEndSession }],
  ['/oauth2/userinfo', { methods: ['GET', 'POST'], answer: answerUserInfo, readers: 'public_clients' }],
])

const basePath = '/api/auth'

/** The answer of the endpoint at this path; undefined when there is none. */
export async function answerProvider(context: ProviderContext, asked: ProviderRequest): Promise<Response | undefined> {
  const { pathname } = new URL(asked.request.url)
  const endpoint = pathname.startsWith(basePath) ? endpoints.get(pathname.slice(basePath.length)) : undefined
  if (endpoint === undefined) return undefined
  const { methods, answer, readers } = endpoint
  const { request } = asked
  // Programs that are no browsers name no origin, and most calls are theirs.
  const isCross = readers !== undefined && (readers === 'anyone' || request.headers.has('origin'))
  const reading = isCross ? { request, readers, origins: context.origins } : undefined
  if (request.method === 'OPTIONS' && reading !== undefined) return answerPreflight(reading)
  if (!methods.includes(request.method)) {
    return new Response(null, { status: 405, headers: { allow: methods.join(', ') } })
  }
  const response = await answer(context, { ...asked, request: withoutGrant(request) })
  return reading === undefined ? response : readable(response, reading)
}

/** Only the token endpoint's own steps name a grant. */
function withoutGrant(request: Request): Request {
  request.headers.delete(grantHeader)
  return request
}
