import { data, redirect } from 'react-router'
import type { WebContext } from '#src/web/context.ts'
import type { OpenLift } from '#src/features/offers/index.ts'
import { webContext } from '../../context.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { handOn } from '../account/subscriptions/hand-on.ts'
import { statusOf } from '../account/subscriptions/refusal.tsx'
import { personRequest } from '../account/person-request.ts'
import { HandOver } from '../oauth/hand-over.tsx'
import { bestWay } from './best-way.ts'
import { BuyHere } from './buy-here.tsx'
import { buyPath, cameFrom, withNotice } from './came-from.ts'
import type { Route } from './+types/buy.ts'

export const headers = accountHeaders

const statuses = { unknown: 404, other_account: 403, open: 200 } as const

/** Where a denial leads: what stops the person, the one thing that lifts it, bought here, and the way back to the agent. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const { token } = args.params
  const returnTo = searchParams.get('return_to')
  const lift = await services.offers.readLift({ token, viewerId: viewer.id, returnTo })
  const path = buyPath(token, { return_to: returnTo })
  if (lift.kind !== 'open') return data({ lift, path, email: viewer.email }, { status: statuses[lift.kind] })
  return data({
    lift,
    path,
    email: viewer.email,
    notice: searchParams.get('notice'),
    ...(await choicesOf(services, { lift, userId: viewer.id, chosen: searchParams.get('offer') })),
  })
}

interface Asking {
  readonly lift: OpenLift
  readonly userId: string
  readonly chosen: string | null
}

/** What is on offer, and what the first of it costs. */
async function choicesOf({ billing }: Pick<WebContext['services'], 'billing'>, { lift, userId, chosen }: Asking) {
  const { subscription, agent, metric } = lift
  const which = { subscriptionId: subscription?.id ?? '', userId }
  const held = subscription === null ? undefined : await billing.find(which)
  // Only what raises what was asked for; what is closed has nothing to sell.
  const addons = agent.isPublished ? (held?.offers ?? []).filter((offer) => offer.metric === metric.slug) : []
  const best = bestWay({ lift, addons, chosen })
  const isTrialUsed = await billing.isTrialUsed({ userId, agentSlug: agent.slug })
  if (best?.kind !== 'addon') return { addons, best, isTrialUsed, purchase: undefined }
  const preview = await billing.previewAddon({ ...which, offerId: best.addon.id })
  const known = preview?.kind === 'ok' ? await billing.readBilling(which) : undefined
  const card = known?.kind === 'ok' ? known.value.cards.find(({ isDefault }) => isDefault) : undefined
  return { addons, best, isTrialUsed, purchase: preview && { preview, card, id: billing.newId() } }
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams, site } = personRequest(args)
  const { offers, billing } = args.context.get(webContext).services
  const { token } = args.params
  const path = buyPath(token, { return_to: searchParams.get('return_to') })
  const lift = await offers.readLift({ token, viewerId: viewer.id, returnTo: null })
  const from = cameFrom(path)
  // The page itself says what is wrong with the link.
  if (lift.kind !== 'open' || from === undefined) throw redirect(path, 303)
  const form = await args.request.formData()
  if (textOf(form, 'intent') !== 'buy') {
    const start = { userId: viewer.id, agentSlug: lift.agent.slug, tierId: textOf(form, 'tier') }
    const outcome = await offers.startFree(start)
    if (outcome === 'refused') return data({ kind: 'not-started' } as const, { status: 409 })
    return redirect(withNotice(from, 'started'), 303)
  }
  const date = textOf(form, 'prorationDate')
  const outcome = await billing.buyAddon({
    subscriptionId: lift.subscription?.id ?? '',
    userId: viewer.id,
    offerId: textOf(form, 'offer'),
    intentId: textOf(form, 'id'),
    cameFrom: from.path,
    ...(/^\d{1,12}$/.test(date) && { prorationDate: Number(date) }),
  })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') {
    // Perhaps it was paid and only the answer is missing: pressed again, it is the same purchase. A declined one is over.
    const id = outcome.refusal.code === 'payment_declined' ? undefined : textOf(form, 'id')
    return data({ ...outcome, id }, { status: statusOf(outcome.refusal) })
  }
  if (outcome.value.kind === 'done') return redirect(withNotice(from, 'bought'), 303)
  const { handOverTo } = handOn({ url: outcome.value.url, baseUrl: site.baseUrl })
  return data({ kind: 'hand-over', to: handOverTo } as const)
}

export default function Buy({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'hand-over') return <HandOver url={actionData.to} name="the payment" />
  const { lift, email, path } = loaderData
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
          intro={`${lift.agentName} gave it to ${lift.maskedEmail ?? 'somebody else'}; you are signed in as ${email}.`}
          state="error"
        >
          <form method="post" action={`/sign-out?returnTo=${encodeURIComponent(path)}`} className="flex flex-col">
            <Button kind="secondary">Sign out and switch</Button>
          </form>
        </AccessPage>
      )
    case 'open':
      return 'best' in loaderData && <BuyHere {...loaderData} lift={lift} outcome={actionData} />
  }
}
