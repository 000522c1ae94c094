import type { ProviderContext } from './context.ts'
import type { IdentifiedClient } from './identify-client.ts'
import { audiencesOf, issuerOf } from './resources.ts'
import { machineScopes } from './scopes.ts'

/** Five minutes: for an audience that asks nobody, it is all that ends a token. */
export const accessTokenSeconds = 300

/** All that a plain request says. */
const plainParameters: ReadonlySet<string> = new Set(['grant_type', 'scope', 'resource', 'client_id', 'client_secret'])

interface Asked extends IdentifiedClient {
  readonly request: Request
}

/**
 * A token in an agent's own name (RFC 6749 §4.4, RFC 9068), for the plain case that nearly all of them are: a secret, one of our
 * audiences, scopes that the client has, no proof. The provider would look the client up once more and import the key anew, and
 * took twice as long. Undefined for everything else, refusals included: those are the provider's to answer.
 */
export async function issueMachineToken(
  { baseUrl, keys }: ProviderContext,
  { client, form, request }: Asked,
): Promise<Response | undefined> {
  const scopes = grantedScopes(client, form)
  const [audience, ...others] = form.getAll('resource')
  const isPlain =
    [...form.keys()].every((name) => plainParameters.has(name)) &&
    client.authMethod.startsWith('client_secret_') &&
    client.grantTypes.includes('client_credentials') &&
    !client.requiresProof &&
    !request.headers.has('dpop')
  const isOurs = others.length === 0 && audience !== undefined && Object.values(audiencesOf(baseUrl)).includes(audience)
  if (!isPlain || !isOurs || scopes === undefined) return undefined

  const issuedAt = Math.floor(Date.now() / 1_000)
  const expiresAt = issuedAt + accessTokenSeconds
  const { clientId } = client
  const scope = scopes.join(' ')
  const claims = {
    iss: issuerOf(baseUrl),
    sub: clientId,
    aud: audience,
    client_id: clientId,
    azp: clientId,
    scope,
    iat: issuedAt,
    exp: expiresAt,
    jti: crypto.randomUUID(),
  }
  const body = {
    access_token: await keys.sign({ claims, typ: 'at+jwt' }),
    expires_in: accessTokenSeconds,
    expires_at: expiresAt,
    token_type: 'Bearer',
    scope,
  }
  return Response.json(body, { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } })
}

/** What is asked for, or all that the client has; undefined when something about it is not as it should be. */
function grantedScopes(
  { machineScopes: allowed }: IdentifiedClient['client'],
  form: URLSearchParams,
): readonly string[] | undefined {
  const scopes = form.get('scope')?.split(' ') ?? allowed
  const isGranted = (scope: string) => allowed.includes(scope) && (machineScopes as readonly string[]).includes(scope)
  const isFine = scopes.length > 0 && new Set(scopes).size === scopes.length && scopes.every(isGranted)
  return isFine ? scopes : undefined
}
