import { data, redirect } from 'react-router'
import type { CheckoutState, SubscriptionDetail } from '#src/features/billing/index.ts'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { SandboxNotice } from '../../ui/sandbox-banner.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { personRequest } from '../account/person-request.ts'
import { RefusalNotice } from '../account/subscriptions/refusal.tsx'
import { nextWords, priceWords, statusWords } from '../account/subscriptions/words.ts'
import { cameFrom, withFrom } from '../offers/came-from.ts'
import { refusedWords } from './refused-words.ts'
import type { Route } from './+types/checkout.ts'

export const headers = accountHeaders

/** Where a payment leads back to. It asks for itself how it went, and never waits to be told. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const outcome = await services.billing.settleCheckout({ intentId: args.params.intentId, userId: viewer.id })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') return data({ kind: 'unknown' as const, refusal: outcome.refusal }, { status: 503 })
  const view = outcome.value
  const subscription =
    view.kind === 'done'
      ? await services.billing.find({ subscriptionId: view.subscriptionId, userId: viewer.id })
      : undefined
  const isLaunchable = (await services.catalog.findLaunchUri(view.agent.slug)) !== undefined
  const from = cameFrom(view.cameFrom)
  // It says anew whose the way back is.
  const lift = from && (await services.offers.readLift({ ...from, viewerId: viewer.id }))
  const backTo = lift?.kind === 'open' && lift.agent.slug === view.agent.slug ? lift.backTo : undefined
  return data({ kind: 'known' as const, view, subscription, isLaunchable, backTo, email: viewer.email })
}

/** Gives up what is not paid yet. */
export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const which = { intentId: args.params.intentId, userId: viewer.id }
  const outcome = await services.billing.giveUpCheckout(which)
  if (outcome === undefined) throw data(null, { status: 404 })
  // Whatever came of it, the page says what is so now.
  return redirect(`/checkout/${encodeURIComponent(args.params.intentId)}`, 303)
}

export default function Checkout({ loaderData }: Route.ComponentProps) {
  if (loaderData.kind === 'unknown') {
    return (
      <AccessPage title="How did it go?" state="error" action={<LookAgain />}>
        <RefusalNotice refusal={loaderData.refusal} />
        <p className="text-muted">If you paid, it counts: this page shows it as soon as it can ask.</p>
      </AccessPage>
    )
  }
  const { view, subscription, isLaunchable, backTo, email } = loaderData
  switch (view.kind) {
    case 'open':
      return <Open view={view} />
    case 'pending':
      return (
        <AccessPage
          title="Your payment is on its way"
          intro="The bank has not answered yet. Nothing more is needed from you; it begins by itself."
          action={<LookAgain />}
        >
          <Bought view={view} />
        </AccessPage>
      )
    case 'done':
      return <Done {...{ view, subscription, isLaunchable, backTo, email }} />
    case 'undone':
      return <Undone view={view} />
    case 'refused':
      return <Refused view={view} />
    case 'expired':
      return (
        <AccessPage
          title="This checkout is over"
          intro="It was given up, or not paid in time. Nothing was charged."
          action={<ButtonLink href={startHref(view)}>Start again</ButtonLink>}
          footer={<BackTo view={view} />}
        />
      )
  }
}

const LookAgain = () => <ButtonLink href="">Look again</ButtonLink>

const startHref = ({ agent, tier, intentKind, cameFrom: from }: CheckoutState): string =>
  intentKind === 'checkout' && tier !== null
    ? withFrom(`/agents/${agent.slug}/subscribe?tier=${tier.id}`, cameFrom(from))
    : (cameFrom(from)?.path ?? `/agents/${agent.slug}`)

const nameOf = ({ agent, tier, intentKind }: CheckoutState): string =>
  intentKind === 'checkout' && tier !== null ? `${agent.name} ${tier.name}` : agent.name

const Bought = ({ view }: { view: CheckoutState }) => <p className="text-center text-18 font-medium">{nameOf(view)}</p>

const BackTo = ({ view: { agent, cameFrom: from } }: { view: CheckoutState }) => (
  <p>
    <TextLink href={cameFrom(from)?.path ?? `/agents/${agent.slug}`}>Back to {agent.name}</TextLink>
  </p>
)

const Open = ({ view }: { view: Extract<CheckoutState, { kind: 'open' }> }) => (
  <AccessPage
    title="Not paid yet"
    intro="Nothing was charged. Go on where you stopped, or give it up."
    footer={<BackTo view={view} />}
  >
    <Bought view={view} />
    <div className="flex flex-col gap-12">
      <ButtonLink href={view.url}>Go on to payment</ButtonLink>
      <form method="post" className="flex flex-col">
        <Button kind="secondary">Give it up</Button>
      </form>
      <SandboxNotice />
    </div>
  </AccessPage>
)

interface DoneProps {
  readonly view: Extract<CheckoutState, { kind: 'done' }>
  readonly subscription: SubscriptionDetail | undefined
  readonly isLaunchable: boolean
  /** The agent's own address, if it was left to buy this. */
  readonly backTo: string | undefined
  readonly email: string
}

function Done({ view, subscription, isLaunchable, backTo, email }: DoneProps) {
  const locale = useLocale()
  const { agent } = view
  const path = `/account/subscriptions/${view.subscriptionId}`
  const isAddon = view.intentKind === 'addon'
  return (
    <AccessPage
      title={isAddon ? 'The add-on is yours' : `${nameOf(view)} is yours`}
      intro={isAddon ? `Your limit at ${agent.name} is raised from now on.` : `For ${email}, from now on.`}
      state="done"
      action={
        backTo !== undefined ? (
          <ButtonLink href={backTo}>Back to {agent.name}</ButtonLink>
        ) : isLaunchable ? (
          <ButtonLink href={`/agents/${agent.slug}/launch`}>Launch {agent.name}</ButtonLink>
        ) : (
          <ButtonLink href={path}>Go to your subscription</ButtonLink>
        )
      }
      footer={
        <p>
          {(isLaunchable || backTo !== undefined) && (
            <>
              <TextLink href={path}>Your subscription</TextLink> ·{' '}
            </>
          )}
          <TextLink href="/account/invoices">Your invoices</TextLink>
        </p>
      }
    >
      {subscription !== undefined && (
        <dl className="facts">
          <Fact label="Tier">{subscription.tier.name}</Fact>
          <Fact label="Price">{subscription.price === null ? 'Free' : priceWords(subscription.price, locale)}</Fact>
          <Fact label="Status">{statusWords(subscription).label}</Fact>
          <Fact label="Next charge">{nextWords(subscription, locale)}</Fact>
        </dl>
      )}
    </AccessPage>
  )
}

const Fact = ({ label, children }: { label: string; children: string }) => (
  <div className="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

function Undone({ view }: { view: Extract<CheckoutState, { kind: 'undone' }> }) {
  const { agent, subscriptionId } = view
  const { title, text } = refusedWords(view.reason, { agentName: agent.name, isUndone: true })
  return (
    <AccessPage
      title={title}
      intro={text}
      action={
        subscriptionId === undefined ? (
          <ButtonLink href="/account/subscriptions">Your subscriptions</ButtonLink>
        ) : (
          <ButtonLink href={`/account/subscriptions/${subscriptionId}`}>Go to your subscription</ButtonLink>
        )
      }
      footer={
        <p>
          <TextLink href="/account/invoices">Your invoices</TextLink>
        </p>
      }
    />
  )
}

function Refused({ view }: { view: Extract<CheckoutState, { kind: 'refused' }> }) {
  const { title, text } = refusedWords(view.reason, { agentName: view.agent.name, isUndone: false })
  return (
    <AccessPage
      title={title}
      intro={text}
      action={
        view.reason === 'trial_used' ? (
          <ButtonLink href={startHref(view)}>Subscribe without a trial</ButtonLink>
        ) : (
          <ButtonLink href={`/agents/${view.agent.slug}#pricing`}>See what is on offer</ButtonLink>
        )
      }
      footer={<BackTo view={view} />}
    />
  )
}
