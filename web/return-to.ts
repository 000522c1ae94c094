/** Pages that only lead on; going back to one of them would be a circle. */
const throughPages = ['/sign-in', '/sign-up', '/sign-out', '/verify-email', '/forgot-password', '/reset-password']

const lengthMax = 2_000

/**
 * The path to go on to after signing in: a path, query and fragment on this very site, or the home page. Everything a
 * browser could take for another origin is refused: `//host`, `/\host`, schemes, control characters that a URL parser
 * drops, and encoded forms of a leading slash.
 */
export function safeReturnTo(text: string | null | undefined): string {
  if (!text || text.length > lengthMax || !/^\/(?![/\\])[^\\\p{Cc}\p{Cs}]*$/u.test(text)) return '/'
  const base = 'http://site.invalid'
  if (!URL.canParse(text, base)) return '/'
  const { origin, pathname, search, hash } = new URL(text, base)
  // Dot segments may fold into a second slash: "/x/..//host" is "//host".
  if (origin !== base || /^\/(%2f|%5c|[/\\])/i.test(pathname)) return '/'
  return throughPages.includes(pathname) ? '/' : pathname + search + hash
}

/** `path` with a `returnTo` to where the person was going, unless that is the home page anyway. */
export function withReturnTo(path: string, returnTo: string): string {
  if (returnTo === '/') return path
  return `${path}${path.includes('?') ? '&' : '?'}returnTo=${encodeURIComponent(returnTo)}`
}
