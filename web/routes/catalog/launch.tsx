import { data, href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { exact } from '../../ui/time.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import type { Route } from './+types/launch.ts'

export const headers = accountHeaders

const statuses = { unreachable: 200, coming_soon: 200, suspended: 403, archived: 410 } as const

/** Sends the visitor to the agent, which starts the sign-in itself (OpenID Connect Core §4); or says why that leads nowhere. */
export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, site, viewer } = context.get(webContext)
  const launch = await services.insights.findLaunch(params.slug)
  if (launch.kind === 'missing') throw data(null, { status: 404 })
  const isMeantAnyway = new URL(request.url).searchParams.has('anyway')
  if (launch.kind === 'ready' || (launch.kind === 'unreachable' && isMeantAnyway)) {
    if (viewer !== undefined && isMeant(request)) {
      await services.engagement.noteLaunch({ slug: params.slug, userId: viewer.id })
    }
    const url = new URL(launch.uri)
    url.searchParams.set('iss', site.issuer)
    return redirect(url.href, { headers: { 'cache-control': 'no-store' } })
  }
  const { kind, name } = launch
  const since = launch.kind === 'unreachable' ? launch.since : undefined
  return data({ kind, name, since, slug: params.slug }, { status: statuses[kind] })
}

/** Another site can send people here, and a browser can come before anybody asked: neither is somebody's own launch. */
const isMeant = ({ headers: sent }: Request): boolean =>
  sent.get('sec-fetch-site') !== 'cross-site' && sent.get('sec-purpose')?.includes('prefetch') !== true

export default function Launch({ loaderData: { kind, name, since, slug } }: Route.ComponentProps) {
  const agentHref = href('/agents/:slug', { slug })
  switch (kind) {
    case 'unreachable':
      return (
        <AccessPage
          title={`${name} doesn’t answer`}
          intro={`It has answered none of our checks since ${exact(since ?? '')}. It may be back by now.`}
          action={
            <ButtonLink kind="secondary" href={`${href('/agents/:slug/launch', { slug })}?anyway=1`}>
              Try anyway
            </ButtonLink>
          }
          footer={<TextLink href={`${agentHref}#metrics`}>What we measured of {name}</TextLink>}
        />
      )
    case 'coming_soon':
      return (
        <AccessPage
          title={`${name} is still to come`}
          intro="It is listed before it can be used. Leave your address, and one mail tells you when it can."
          action={<ButtonLink href={href('/agents/:slug/waitlist', { slug })}>Join the waitlist</ButtonLink>}
          footer={<TextLink href={agentHref}>About {name}</TextLink>}
        />
      )
    case 'suspended':
      return (
        <AccessPage
          title={`${name} is suspended`}
          intro="The operators of this marketplace have stopped it. It can’t sign you in or count anything until they let it go on."
          action={<ButtonLink href="/account/subscriptions">Your subscriptions</ButtonLink>}
        />
      )
    case 'archived':
      return (
        <AccessPage
          title={`${name} is no longer offered`}
          intro="Its publisher has withdrawn it. What you used stays in your account."
          action={<ButtonLink href="/account/subscriptions">Your subscriptions</ButtonLink>}
        />
      )
  }
}
