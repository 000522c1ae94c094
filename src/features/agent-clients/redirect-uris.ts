import { AppError } from '#src/lib/errors.ts'

const urisMax = 20
const uriLengthMax = 2_000
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The addresses an agent may be sent back to, each compared letter by letter later: https anywhere, http on this machine alone
 * (RFC 8252 §7.3). Throws `invalid_request` that names the wrong ones.
 */
export function checkRedirectUris(uris: readonly string[]): readonly string[] {
  const unique = [...new Set(uris)]
  const wrong = unique.filter((uri) => !isRedirectUri(uri))
  if (unique.length === 0 || unique.length > urisMax || wrong.length > 0) {
    throw new AppError('invalid_request', { redirectUris: wrong, redirectUrisMax: urisMax })
  }
  return unique
}

function isRedirectUri(uri: string): boolean {
  if (uri.length > uriLengthMax || !URL.canParse(uri)) return false
  const { protocol, hostname, username, password, href } = new URL(uri)
  // Written as a browser would write it, so that nothing hides in what a parser folds away. A fragment never arrives (RFC 6749 §3.1.2).
  const isPlain = (href === uri || href === `${uri}/`) && !uri.includes('#') && !uri.includes('*')
  if (!isPlain || username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.has(hostname))
}
