import { answerAuthorize } from './authorize.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
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

const asIs: Answer = (context, { request }) => context.ask(request)

/**
 * Every endpoint of the provider that the world may call. What stands in front of the provider's own code is in the file of
 * that name; the rest goes through untouched.
 */
const endpoints: ReadonlyMap<string, { readonly methods: readonly string[]; readonly answer: Answer }> = new Map([
  ['/.well-known/openid-configuration', { methods: ['GET'], answer: answerMetadata }],
  ['/.well-known/oauth-authorization-server', { methods: ['GET'], answer: answerMetadata }],
  ['/ok', { methods: ['GET'], answer: asIs }],
  ['/jwks', { methods: ['GET'], answer: answerJwks }],
  ['/oauth2/authorize', { methods: ['GET', 'POST'], answer: answerAuthorize }],
  ['/device/code', { methods: ['POST'], answer: answerDeviceAuthorization }],
  ['/oauth2/par', { methods: ['POST'], answer: answerPush }],
  ['/oauth2/token', { methods: ['POST'], answer: answerToken }],
  ['/oauth2/introspect', { methods: ['POST'], answer: answerIntrospect }],
  ['/oauth2/register', { methods: ['POST'], answer: answerRegister }],
  ['/oauth2/revoke', { methods: ['POST'], answer: answerRevoke }],
  ['/oauth2/end-session', { methods: ['GET', 'POST'], answer: answerEndSession }],
  ['/oauth2/userinfo', { methods: ['GET', 'POST'], answer: answerUserInfo }],
])

const basePath = '/api/auth'

/** The answer of the endpoint at this path; undefined when there is none. */
export async function answerProvider(context: ProviderContext, asked: ProviderRequest): Promise<Response | undefined> {
  const { pathname } = new URL(asked.request.url)
  const endpoint = pathname.startsWith(basePath) ? endpoints.get(pathname.slice(basePath.length)) : undefined
  if (endpoint === undefined) return undefined
  if (!endpoint.methods.includes(asked.request.method)) {
    return new Response(null, { status: 405, headers: { allow: endpoint.methods.join(', ') } })
  }
  return endpoint.answer(context, { ...asked, request: withoutGrant(asked.request) })
}

/** Only the token endpoint's own steps name a grant. */
function withoutGrant(request: Request): Request {
  request.headers.delete(grantHeader)
  return request
}
