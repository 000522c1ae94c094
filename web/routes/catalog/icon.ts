import { archSvg } from '../../ui/arch/svg.ts'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/icon.ts'

export const handle: RouteHandle = { sameForVisitors: true }

const slugCharactersMax = 80

/** The agent's arch as a file. Drawn from the address alone, so that it costs no look at the catalogue. */
export function loader({ params: { slug } }: Route.LoaderArgs): Response {
  if (slug.length > slugCharactersMax || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    return new Response(null, { status: 404 })
  return new Response(archSvg(slug), {
    headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' },
  })
}
