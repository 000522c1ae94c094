import { data, redirect } from 'react-router'
import { webContext } from '#web/context.ts'
import type { Route } from './+types/launch.ts'

/** Sends the visitor to the agent, which starts the sign-in itself (OpenID Connect Core §4). */
export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, site, viewer } = context.get(webContext)
  const uri = await services.catalog.findLaunchUri(params.slug)
  if (uri === undefined) throw data(null, { status: 404 })
  if (viewer !== undefined && isMeant(request)) {
    await services.engagement.noteLaunch({ slug: params.slug, userId: viewer.id })
  }
  const url = new URL(uri)
  url.searchParams.set('iss', site.issuer)
  return redirect(url.href, { headers: { 'cache-control': 'no-store' } })
}

/** Another site can send people here, and a browser can come before anybody asked: neither is somebody's own launch. */
const isMeant = ({ headers }: Request): boolean =>
  headers.get('sec-fetch-site') !== 'cross-site' && headers.get('sec-purpose')?.includes('prefetch') !== true
