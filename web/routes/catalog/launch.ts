import { data, redirect } from 'react-router'
import { webContext } from '#web/context.ts'
import type { Route } from './+types/launch.ts'

/** Sends the visitor to the agent, which starts the sign-in itself (OpenID Connect Core §4). */
export async function loader({ context, params }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  const uri = await services.catalog.findLaunchUri(params.slug)
  if (uri === undefined) throw data(null, { status: 404 })
  const url = new URL(uri)
  url.searchParams.set('iss', site.issuer)
  return redirect(url.href, { headers: { 'cache-control': 'no-store' } })
}
