import { data, redirect } from 'react-router'
import type { OwnOffer } from '#src/features/billing/index.ts'
import type { OfferedTier, OpenLift } from '#src/features/offers/index.ts'
import { webContext } from '../../context.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Meter } from '../../ui/meter.tsx'
import { Notice } from '../../ui/notice.tsx'
import { formatDay } from '../../ui/time.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { personRequest } from '../account/person-request.ts'
import { liftWords } from './lift-words.ts'
import { meterLimit } from './meter-limit.ts'
import { AddonList } from './addon-list.tsx'
import { TierAction } from './tier-action.tsx'
import { TierList } from './tier-list.tsx'
import type { Route } from './+types/lift.ts'

export const headers = accountHeaders

const statuses = { unknown: 404, other_account: 403, open: 200 } as const

/** Where a denial leads: what stops the person, what they can do about it, and the way back to the agent. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const lift = await services.offers.readLift({
    token: args.params.token,
    viewerId: viewer.id,
    returnTo: searchParams.get('return_to'),
  })
  const { subscription } = lift.kind === 'open' ? lift : { subscription: null }
  const held =
    subscription === null
      ? undefined
      : await services.billing.find({ subscriptionId: subscription.id, userId: viewer.id })
  const isTrialUsed =
    lift.kind === 'open' && (await services.billing.isTrialUsed({ userId: viewer.id, agentSlug: lift.agent.slug }))
  const hasStarted = searchParams.get('notice') === 'started'
  // Only what raises what was asked for.
  const addons = lift.kind === 'open' ? (held?.offers ?? []).filter(({ metric }) => metric === lift.metric.slug) : []
  return data({ lift, addons, isTrialUsed, email: viewer.email, hasStarted }, { status: statuses[lift.kind] })
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const { token } = args.params
  const lift = await services.offers.readLift({ token, viewerId: viewer.id, returnTo: null })
  // The page itself says what is wrong with the link.
  if (lift.kind !== 'open') throw redirect(`/lift/${encodeURIComponent(token)}`, 303)
  const tierId = textOf(await args.request.formData(), 'tier')
  const outcome = await services.offers.startFree({ userId: viewer.id, agentSlug: lift.agent.slug, tierId })
  if (outcome === 'refused') return data({ isRefused: true }, { status: 409 })
  searchParams.set('notice', 'started')
  return redirect(`/lift/${encodeURIComponent(token)}?${searchParams}`, 303)
}

export default function LiftPage({ loaderData, actionData }: Route.ComponentProps) {
  const { lift, email } = loaderData
  switch (lift.kind) {
    case 'unknown':
      return (
        <AccessPage
          title="This link leads nowhere"
          intro="It may have been cut off, or what it was about is gone. Ask the agent again: it gets a new one."
          state="error"
          action={<ButtonLink href="/agents">Browse the agents</ButtonLink>}
        />
      )
    case 'other_account':
      return (
        <AccessPage
          title="This link is for another account"
          intro={`${lift.agentName} gave it to somebody else; you are signed in as ${email}.`}
          state="error"
        >
          <form method="post" action="/sign-out" className="flex flex-col">
            <Button kind="secondary">Sign out and switch</Button>
          </form>
        </AccessPage>
      )
    case 'open':
      return <Open {...loaderData} lift={lift} isRefused={actionData?.isRefused === true} />
  }
}

interface OpenProps {
  readonly lift: OpenLift
  readonly addons: readonly OwnOffer[]
  readonly isTrialUsed: boolean
  readonly hasStarted: boolean
  readonly isRefused: boolean
}

function Open({ lift, addons, isTrialUsed, hasStarted, isRefused }: OpenProps) {
  const { metric, meter, tiers, hasSubscription, subscription, reason } = lift
  const isStartable = ({ priceMinor }: OfferedTier) => priceMinor === 0 && !hasSubscription
  return (
    <AccessPage {...liftWords(lift)} state={reason === undefined ? 'done' : undefined} action={<WayBack lift={lift} />}>
      {hasStarted && reason === undefined && (
        <Notice tone="good" title="You are subscribed">
          It costs nothing and goes on by itself.
        </Notice>
      )}
      {isRefused && (
        <Notice tone="bad" role="alert" title="That tier can’t be started">
          It is not on offer any more, or you have a subscription already. Nothing was changed.
        </Notice>
      )}
      {hasSubscription && (
        <Meter
          label={metric.displayName}
          unit={metric.unit}
          used={meter.used}
          limit={meterLimit(meter)}
          resets={meter.resetsAt === null ? undefined : `resets ${formatDay(meter.resetsAt)}`}
        />
      )}
      {reason === 'payment_required' && subscription !== null && (
        <ButtonLink href={`/account/subscriptions/${subscription.id}/pay`}>Pay now</ButtonLink>
      )}
      {subscription !== null && reason !== 'payment_required' && addons.length > 0 && (
        <AddonList addons={addons} path={`/account/subscriptions/${subscription.id}/addons`} isOnCard />
      )}
      {tiers.length > 0 && (
        <TierList
          tiers={tiers}
          heading="h2"
          isOnCard
          action={(tier) =>
            isStartable(tier) ? (
              <StartFree tier={tier} isOnly={tiers.length === 1} />
            ) : (
              // What is closed has nothing to sell.
              lift.agent.isPublished && (
                <TierAction tier={tier} slug={lift.agent.slug} subscription={subscription} isTrialUsed={isTrialUsed} />
              )
            )
          }
        />
      )}
    </AccessPage>
  )
}

const StartFree = ({ tier, isOnly }: { tier: OfferedTier; isOnly: boolean }) => (
  <form method="post">
    <Button name="tier" value={tier.id} aria-label={isOnly ? undefined : `Start free with ${tier.name}`}>
      Start free
    </Button>
  </form>
)

function WayBack({ lift: { agent, backTo, reason } }: { lift: OpenLift }) {
  const kind = reason === undefined ? 'ink' : 'secondary'
  if (backTo !== undefined) {
    return (
      <ButtonLink href={backTo} kind={kind}>
        Back to {agent.name}
      </ButtonLink>
    )
  }
  if (reason === undefined && agent.isLaunchable) {
    return <ButtonLink href={`/agents/${agent.slug}/launch`}>Launch {agent.name}</ButtonLink>
  }
  return agent.isPublished ? (
    <ButtonLink href={`/agents/${agent.slug}`} kind={kind}>
      About {agent.name}
    </ButtonLink>
  ) : (
    <ButtonLink href="/agents" kind={kind}>
      Browse the agents
    </ButtonLink>
  )
}
