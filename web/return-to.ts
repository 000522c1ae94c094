/** Pages that only lead on; going back to one of them would be a circle. */
const throughPages = [
  '/sign-in',
  '/sign-in/two-factor',
  '/sign-up',
  '/sign-out',
  '/verify-email',
  '/forgot-password',
  '/reset-password',
]

/** An agent's sign-in request is a long one, with a signature and what the agent wants back. */
const lengthMax = 6_000

/**
 * The path, query and fragment of `text` if it stays on this very site, else the home page. Everything a browser could
 * take for another origin is refused: `//host`, `/\host`, schemes, control characters that a URL parser drops, and
 * encoded forms of a leading slash.
 */
export function pathOnThisSite(text: string | null | undefined): string {
  return siteUrl(text)?.whole ?? '/'
}

/** The path to go on to after signing in: as pathOnThisSite, but never a page that only leads on itself. */
export function safeReturnTo(text: string | null | undefined): string {
  const url = siteUrl(text)
  return url === undefined || throughPages.includes(url.pathname) ? '/' : url.whole
}

function siteUrl(text: string | null | undefined): { pathname: string; whole: string } | undefined {
  if (!text || text.length > lengthMax || !/^\/(?![/\\])[^\\\p{Cc}\p{Cs}]*$/u.test(text)) return undefined
  const base = 'http://site.invalid'
  if (!URL.canParse(text, base)) return undefined
  const { origin, pathname, search, hash } = new URL(text, base)
  // Dot segments may fold into a second slash: "/x/..//host" is "//host".
  if (origin !== base || /^\/(%2f|%5c|[/\\])/i.test(pathname)) return undefined
  return { pathname, whole: pathname + search + hash }
}

/** `path` with a `returnTo` to where the person was going, unless that is the home page anyway. */
export function withReturnTo(path: string, returnTo: string): string {
  if (returnTo === '/') return path
  return `${path}${path.includes('?') ? '&' : '?'}returnTo=${encodeURIComponent(returnTo)}`
}
