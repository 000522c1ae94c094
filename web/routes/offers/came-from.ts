import { pathOnThisSite } from '../../return-to.ts'

/** The page behind a denial that somebody left to buy what lifts it. */
export interface CameFrom {
  readonly token: string
  /** As the agent gave it: only the page behind the denial knows whether it is the agent's. */
  readonly returnTo: string | null
  /** The page itself, and nothing else that stood in the address. */
  readonly path: string
}

/** Reads what withFrom wrote. Undefined: nothing, or any other page than one behind a denial. */
export function cameFrom(text: string | null): CameFrom | undefined {
  const { pathname, searchParams } = new URL(pathOnThisSite(text), 'http://site.invalid')
  const token = /^\/buy\/([\w-]{1,1024})$/.exec(pathname)?.[1]
  if (token === undefined) return undefined
  const returnTo = searchParams.get('return_to')
  return { token, returnTo, path: buyPath(token, { return_to: returnTo }) }
}

/** Empty values are left out. */
export function buyPath(token: string, query: Readonly<Record<string, string | null>>): string {
  const entries = Object.entries(query).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
  const search = new URLSearchParams(entries).toString()
  return `/buy/${encodeURIComponent(token)}${search === '' ? '' : `?${search}`}`
}

/** `href` with the page to come back to; as it is without one. */
export function withFrom(href: string, from: CameFrom | undefined): string {
  if (from === undefined) return href
  return `${href}${href.includes('?') ? '&' : '?'}from=${encodeURIComponent(from.path)}`
}

/** `path` says what just happened there. */
export const withNotice = ({ token, returnTo }: CameFrom, notice: string): string =>
  buyPath(token, { return_to: returnTo, notice })
