import { data, redirect } from 'react-router'
import type { OfferedTier } from '#src/features/offers/index.ts'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SandboxNotice } from '../../ui/sandbox-banner.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { handOn } from '../account/subscriptions/hand-on.ts'
import { RefusalNotice, statusOf } from '../account/subscriptions/refusal.tsx'
import { personRequest } from '../account/person-request.ts'
import { HandOver } from '../oauth/hand-over.tsx'
import { cameFrom, withFrom, withNotice } from './came-from.ts'
import type { CameFrom } from './came-from.ts'
import { includedWords } from './included-words.ts'
import { firstChargeWords, startWords } from './trial-words.ts'
import type { Route } from './+types/subscribe.ts'

export const headers = accountHeaders

/** A tier, before it is started: what it includes and costs, and when. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const offer = await services.offers.read(args.params.slug, viewer.id)
  const tier = offer?.tiers.find(({ id }) => id === searchParams.get('tier'))
  if (offer === undefined || tier === undefined) throw data(null, { status: 404 })
  const { name, slug, subscription } = offer
  const quote = tier.priceMinor === 0 ? undefined : await services.billing.quote({ userId: viewer.id, tierId: tier.id })
  const from = cameFrom(searchParams.get('from'))
  return { name, slug, subscription, tier, quote, email: viewer.email, from }
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams, site } = personRequest(args)
  const { services } = args.context.get(webContext)
  const from = cameFrom(searchParams.get('from'))
  const start = { userId: viewer.id, agentSlug: args.params.slug, tierId: searchParams.get('tier') ?? '' }
  const form = await args.request.formData()
  if (textOf(form, 'intent') !== 'pay') return startFree(args, { ...start, from })
  const withTrial = textOf(form, 'trial') === 'yes'
  const outcome = await services.billing.startCheckout({ ...start, withTrial, cameFrom: from?.path })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') return data(outcome, { status: statusOf(outcome.refusal) })
  const { handOverTo } = handOn({ url: outcome.value.url, baseUrl: site.baseUrl })
  return data({ kind: 'hand-over', to: handOverTo, name: 'the payment' } as const)
}

interface Start {
  readonly userId: string
  readonly agentSlug: string
  readonly tierId: string
  readonly from: CameFrom | undefined
}

async function startFree({ context, params: { slug } }: Route.ActionArgs, { from, ...start }: Start) {
  const { services } = context.get(webContext)
  const outcome = await services.offers.startFree(start)
  if (outcome === 'refused') return data({ kind: 'not-started' } as const, { status: 409 })
  if (from !== undefined) throw redirect(withNotice(from, 'started'), 303)
  const offer = await services.offers.read(slug, start.userId)
  const isLaunchable = (await services.catalog.findLaunchUri(slug)) !== undefined
  const to = `/agents/${encodeURIComponent(slug)}${isLaunchable ? '/launch' : ''}`
  return data({ kind: 'hand-over', to, name: offer?.name } as const)
}

export default function Subscribe({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'hand-over') return <HandOver url={actionData.to} name={actionData.name} />
  const { name, slug, subscription, tier, quote, email, from } = loaderData
  // From a free subscription a paid tier is a purchase like any other.
  if (subscription !== null && !(subscription.isFree && quote !== undefined)) {
    return <HasItAlready name={name} tier={tier} subscriptionId={subscription.id} email={email} from={from} />
  }
  const isUpgrade = subscription !== null
  return (
    <AccessPage
      title={titleOf({ name, tier, isUpgrade, isTrial: quote?.trialEndsAt != null })}
      intro={quote === undefined ? `For ${email}. No payment, no end date.` : `For ${email}.`}
      footer={
        <p>
          <TextLink href={from?.path ?? `/agents/${slug}#pricing`}>Back to {name}</TextLink>
        </p>
      }
    >
      {actionData?.kind === 'not-started' && (
        <Notice tone="bad" role="alert" title="That tier can’t be started">
          It is not on offer any more. Nothing was changed.
        </Notice>
      )}
      {actionData?.kind === 'refused' && <RefusalNotice refusal={actionData.refusal} />}
      <TierInFull tier={tier} />
      {quote === undefined ? (
        <form method="post" className="flex flex-col">
          <Button>Start free</Button>
        </form>
      ) : (
        <Purchase tier={tier} quote={quote} isUpgrade={isUpgrade} />
      )}
    </AccessPage>
  )
}

interface Title {
  readonly name: string
  readonly tier: OfferedTier
  readonly isUpgrade: boolean
  readonly isTrial: boolean
}

function titleOf({ name, tier, isUpgrade, isTrial }: Title): string {
  if (tier.priceMinor === 0) return `Start ${name} free`
  if (isTrial) return `Try ${name} ${tier.name}`
  return isUpgrade ? `Upgrade ${name} to ${tier.name}` : `Subscribe to ${name} ${tier.name}`
}

interface HasIt {
  readonly name: string
  readonly tier: OfferedTier
  readonly subscriptionId: string
  readonly email: string
  readonly from: CameFrom | undefined
}

function HasItAlready({ name, tier, subscriptionId, email, from }: HasIt) {
  const path = `/account/subscriptions/${subscriptionId}`
  return (
    <AccessPage
      title={`You have ${name} already`}
      intro={`${email} is subscribed to it. Nothing was changed.`}
      action={<ButtonLink href={path}>Go to your subscription</ButtonLink>}
      footer={
        tier.isTheirs ? undefined : (
          <p>
            <TextLink href={withFrom(`${path}/change?tier=${tier.id}`, from)}>Change it to {tier.name}</TextLink>
          </p>
        )
      }
    />
  )
}

const TierInFull = ({ tier }: { tier: OfferedTier }) => (
  <div className="flex flex-col gap-4">
    <h2 className="text-18 font-medium">{tier.name}</h2>
    {tier.description !== '' && <p className="text-muted">{tier.description}</p>}
    <ul>
      {tier.includes.map((included) => (
        <li key={included.metric}>{includedWords(included, tier.usageInterval)}</li>
      ))}
    </ul>
  </div>
)

interface PurchaseProps {
  readonly tier: OfferedTier
  readonly quote: { isTrialUsed: boolean; trialEndsAt: string | null; nextChargeAt: string }
  readonly isUpgrade: boolean
}

/** What it costs and when, before the one button that leads to paying. */
function Purchase({ tier, quote, isUpgrade }: PurchaseProps) {
  const { title, text } = firstChargeWords(tier, { ...quote, locale: useLocale() })
  const isTrial = quote.trialEndsAt !== null
  return (
    <>
      <div className="flex flex-col gap-4 border-t border-hairline pt-16">
        <p className="text-18 font-medium">{title}</p>
        <p className="text-14 text-muted">{text}</p>
        {isUpgrade && <p className="text-14 text-muted">What you used this month counts on.</p>}
      </div>
      {tier.trialDays > 0 && quote.isTrialUsed && (
        <Notice title="You have had the trial">
          There is one for each person. This begins with the first payment.
        </Notice>
      )}
      <form method="post" className="flex flex-col gap-12">
        <input type="hidden" name="intent" value="pay" />
        {isTrial && <input type="hidden" name="trial" value="yes" />}
        <Button kind="buy">{startWords(tier, quote)}</Button>
        <SandboxNotice />
      </form>
    </>
  )
}
