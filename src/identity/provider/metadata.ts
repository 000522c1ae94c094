import { acrValues } from '../authentication/acr.ts'
import type { ProviderContext, ProviderRequest } from './context.ts'
import { issuerOf } from './resources.ts'

/** The provider's description of itself (RFC 8414, OpenID Connect Discovery §3) with what stands before it. */
export async function answerMetadata(context: ProviderContext, { request }: ProviderRequest): Promise<Response> {
  const answer = await context.ask(request)
  if (!answer.ok) return answer
  const metadata = (await answer.json()) as { readonly claims_supported?: readonly string[] }
  const body = {
    ...metadata,
    pushed_authorization_request_endpoint: `${issuerOf(context.baseUrl)}/oauth2/par`,
    require_pushed_authorization_requests: false,
    acr_values_supported: acrValues,
    claims_supported: [...new Set([...(metadata.claims_supported ?? []), 'acr', 'amr', 'auth_time'])],
  }
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  return new Response(JSON.stringify(body), { status: answer.status, headers })
}
