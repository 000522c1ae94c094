import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { personRequest } from '../account/person-request.ts'
import { HandOver } from '../oauth/hand-over.tsx'
import { includedWords } from './included-words.ts'
import type { Route } from './+types/subscribe.ts'

export const headers = accountHeaders

/** A free tier, before it is started. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const offer = await services.offers.read(args.params.slug, viewer.id)
  const tier = offer?.tiers.find(({ id }) => id === searchParams.get('tier'))
  if (offer === undefined || tier === undefined || tier.priceMinor > 0) throw data(null, { status: 404 })
  const { name, slug, hasSubscription } = offer
  return { name, slug, hasSubscription, tier, email: viewer.email }
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const { slug } = args.params
  const tierId = searchParams.get('tier') ?? ''
  const outcome = await services.offers.startFree({ userId: viewer.id, agentSlug: slug, tierId })
  if (outcome === 'refused') return data({ isRefused: true } as const, { status: 409 })
  const offer = await services.offers.read(slug, viewer.id)
  const isLaunchable = (await services.catalog.findLaunchUri(slug)) !== undefined
  const onTo = `/agents/${encodeURIComponent(slug)}${isLaunchable ? '/launch' : ''}`
  return data({ isRefused: false, onTo, name: offer?.name } as const)
}

export default function Subscribe({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.isRefused === false) return <HandOver url={actionData.onTo} name={actionData.name} />
  const { name, slug, hasSubscription, tier, email } = loaderData
  if (hasSubscription) {
    return (
      <AccessPage
        title={`You have ${name} already`}
        intro={`${email} is subscribed to it. Nothing was changed.`}
        action={<ButtonLink href={`/agents/${slug}`}>Go to {name}</ButtonLink>}
      />
    )
  }
  return (
    <AccessPage
      title={`Start ${name} free`}
      intro={`For ${email}. No payment, no end date.`}
      footer={
        <p>
          <TextLink href={`/agents/${slug}`}>Back to {name}</TextLink>
        </p>
      }
    >
      {actionData?.isRefused === true && (
        <Notice tone="bad" role="alert" title="That tier can’t be started">
          It is not on offer any more. Nothing was changed.
        </Notice>
      )}
      <div className="flex flex-col gap-4">
        <h2 className="text-18 font-medium">{tier.name}</h2>
        {tier.description !== '' && <p className="text-muted">{tier.description}</p>}
        <ul>
          {tier.includes.map((included) => (
            <li key={included.metric}>{includedWords(included, tier.usageInterval)}</li>
          ))}
        </ul>
      </div>
      <form method="post" className="flex flex-col">
        <Button>Start free</Button>
      </form>
    </AccessPage>
  )
}
