import { isPublicRoutableHost } from '@better-auth/core/utils/host'
import { AppError } from '#src/lib/errors.ts'

const urisMax = 20
const uriLengthMax = 2_000
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The addresses an agent may be sent back to, each compared letter by letter later: https anywhere, http on this machine alone
 * (RFC 8252 §7.3). Throws `invalid_request` that names the wrong ones.
 */
export function checkRedirectUris(uris: readonly string[]): readonly string[] {
  const { unique, wrong } = checked(uris)
  if (unique.length === 0 || unique.length > urisMax || wrong.length > 0) {
    throw new AppError('invalid_request', { redirectUris: wrong, redirectUrisMax: urisMax })
  }
  return unique
}

/** As checkRedirectUris, for where a person may go after the agent signed them out of Rialto; none is allowed, too. */
export function checkPostLogoutRedirectUris(uris: readonly string[]): readonly string[] {
  const { unique, wrong } = checked(uris)
  if (unique.length > urisMax || wrong.length > 0) {
    throw new AppError('invalid_request', { postLogoutRedirectUris: wrong, postLogoutRedirectUrisMax: urisMax })
  }
  return unique
}

interface LogoutUri {
  readonly uri: string
  /** A demo runs on somebody's own machine, and so do its agents. */
  readonly allowsLoopback: boolean
}

/**
 * Where this server itself sends logout tokens (OpenID Connect Back-Channel Logout §2.2): https at a public host, so that no
 * publisher can have it call what is beside it. What a name resolves to later isn't checked. Throws `invalid_request`.
 */
export function checkLogoutUri({ uri, allowsLoopback }: LogoutUri): void {
  const isOurs = isPlainUri(uri) && isReachable(new URL(uri), allowsLoopback)
  if (!isOurs) throw new AppError('invalid_request', { backchannelLogoutUri: uri.slice(0, uriLengthMax) })
}

function isReachable({ protocol, hostname }: URL, allowsLoopback: boolean): boolean {
  if (loopbackHosts.has(hostname)) return allowsLoopback
  return protocol === 'https:' && isPublicRoutableHost(hostname)
}

function checked(uris: readonly string[]): { readonly unique: readonly string[]; readonly wrong: readonly string[] } {
  const unique = [...new Set(uris)]
  return { unique, wrong: unique.filter((uri) => !isPlainUri(uri)) }
}

function isPlainUri(uri: string): boolean {
  if (uri.length > uriLengthMax || !URL.canParse(uri)) return false
  const { protocol, hostname, username, password, href } = new URL(uri)
  // Written as a browser would write it, so that nothing hides in what a parser folds away. A fragment never arrives (RFC 6749 §3.1.2).
  const isPlain = (href === uri || href === `${uri}/`) && !uri.includes('#') && !uri.includes('*')
  if (!isPlain || username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.has(hostname))
}
