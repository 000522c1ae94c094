import { data, redirect } from 'react-router'
import type { AddonPreview, OwnOffer, SavedCard, SubscriptionDetail } from '#src/features/billing/index.ts'
import CircleX from 'lucide-react/icons/circle-x'
import { useLocale } from '../../../locale.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { SandboxNotice } from '../../../ui/sandbox-banner.tsx'
import { formatDay } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { HandOver } from '../../oauth/hand-over.tsx'
import { AddonList, addonWords } from '../../offers/addon-list.tsx'
import { AccountPage } from '../account-page.tsx'
import { cardWords } from '../billing/card-words.ts'
import { Record } from '../record.tsx'
import { handOn } from './hand-on.ts'
import { RefusalNotice, statusOf } from './refusal.tsx'
import { subscriptionRequest } from './subscription-request.ts'
import { isOver, priceWords } from './words.ts'
import type { Route } from './+types/addons.ts'

export const headers = accountHeaders

/** Without anything: what can be bought. With an offer or an add-on: what buying or ending it means. */
export async function loader(args: Route.LoaderArgs) {
  const { subscription, path, which, billing, searchParams } = await subscriptionRequest(args)
  if (isOver(subscription)) throw redirect(path, 303)
  const addon = subscription.addons.find(({ id }) => id === searchParams.get('remove'))
  const offer = subscription.offers.find(({ id }) => id === searchParams.get('offer'))
  const step =
    addon !== undefined
      ? ({ kind: 'remove', addon } as const)
      : offer !== undefined
        ? { kind: 'buy' as const, offer, id: billing.newId(), ...(await costOf(args, { ...which, offerId: offer.id })) }
        : ({ kind: 'choose' } as const)
  return { subscription, path, step }
}

/** What it costs now, and the card that pays it. */
async function costOf(args: Route.LoaderArgs, which: { subscriptionId: string; userId: string; offerId: string }) {
  const { billing } = await subscriptionRequest(args)
  const outcome = await billing.previewAddon(which)
  if (outcome === undefined) throw data(null, { status: 404 })
  const known = outcome.kind === 'ok' ? await billing.readBilling(which) : undefined
  const card = known?.kind === 'ok' ? known.value.cards.find(({ isDefault }) => isDefault) : undefined
  return { outcome, card }
}

export async function action(args: Route.ActionArgs) {
  const { billing, which, path, site } = await subscriptionRequest(args)
  const form = await args.request.formData()
  if (textOf(form, 'intent') === 'remove') {
    const outcome = await billing.removeAddon({ ...which, addonId: textOf(form, 'addon') })
    if (outcome === undefined) throw data(null, { status: 404 })
    if (outcome.kind === 'refused') return data({ ...outcome, id: undefined }, { status: statusOf(outcome.refusal) })
    return redirect(`${path}?notice=addon-ended`, 303)
  }
  const date = textOf(form, 'prorationDate')
  const outcome = await billing.buyAddon({
    ...which,
    offerId: textOf(form, 'offer'),
    intentId: textOf(form, 'id'),
    ...(/^\d{1,12}$/.test(date) && { prorationDate: Number(date) }),
  })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') {
    // Perhaps it was paid and only the answer is missing: pressed again, it is the same purchase. A declined one is over.
    const id = outcome.refusal.code === 'payment_declined' ? undefined : textOf(form, 'id')
    return data({ ...outcome, id }, { status: statusOf(outcome.refusal) })
  }
  if (outcome.value.kind === 'done') return redirect(`${path}?notice=addon-bought`, 303)
  const { handOverTo } = handOn({ url: outcome.value.url, baseUrl: site.baseUrl })
  return data({ kind: 'hand-over', to: handOverTo } as const)
}

export default function Addons({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'hand-over') return <HandOver url={actionData.to} name="the payment" />
  const { subscription, path, step } = loaderData
  const refusal =
    actionData?.refusal ?? (step.kind === 'buy' && step.outcome.kind === 'refused' ? step.outcome.refusal : undefined)
  return (
    <AccountPage title={titleOf(subscription, step)} current="/account/subscriptions" hasErrors={refusal !== undefined}>
      {refusal !== undefined && <RefusalNotice refusal={refusal} />}
      {step.kind === 'remove' && <Removal addon={step.addon} path={path} />}
      {step.kind === 'buy' && step.outcome.kind === 'ok' && (
        <Purchase
          {...step}
          id={actionData?.id ?? step.id}
          preview={step.outcome.value}
          path={path}
          subscription={subscription}
        />
      )}
      {(step.kind === 'choose' || (step.kind === 'buy' && step.outcome.kind === 'refused')) && (
        <Choice subscription={subscription} path={path} />
      )}
    </AccountPage>
  )
}

type Step = Route.ComponentProps['loaderData']['step']

function titleOf({ agent }: SubscriptionDetail, step: Step): string {
  if (step.kind === 'remove') return `Take off ${step.addon.name}`
  return step.kind === 'buy' ? `Buy ${step.offer.name}` : `Add-ons for ${agent.name}`
}

interface ChoiceProps {
  readonly subscription: SubscriptionDetail
  readonly path: string
}

const Choice = ({ subscription: { offers, agent }, path }: ChoiceProps) =>
  offers.length === 0 || agent.isSuspended ? (
    <EmptyState
      title="There is nothing to add now"
      action={<ButtonLink href={path}>Back to the subscription</ButtonLink>}
    >
      {agent.isSuspended
        ? `${agent.name} is suspended; nothing of it is sold until it is reinstated.`
        : `${agent.name} sells no add-on that goes with what you have.`}
    </EmptyState>
  ) : (
    <div className="flex max-w-prose flex-col gap-16">
      <p className="text-muted">Each raises a limit from the moment it is paid. You see what it costs first.</p>
      <AddonList addons={offers} hrefOf={({ id }) => `${path}/addons?offer=${id}`} />
    </div>
  )

interface PurchaseProps extends ChoiceProps {
  readonly offer: OwnOffer
  readonly preview: AddonPreview
  readonly card: SavedCard | undefined
  readonly id: string
}

function Purchase({ offer, preview, card, id, path, subscription }: PurchaseProps) {
  const locale = useLocale()
  const due = formatMoney(preview.dueNow, locale)
  const { again, prorationDate } = preview
  return (
    <div className="flex max-w-prose flex-col gap-24">
      <Record
        lines={[
          { label: 'What', value: addonWords(offer) },
          { label: 'For', value: `${subscription.agent.name} ${subscription.tier.name}` },
          { label: 'To pay now', value: due },
          ...(again === null ? [] : [{ label: 'Then', value: priceWords(again, locale) }]),
          ...(again === null && subscription.period !== null
            ? [{ label: 'Counts until', value: formatDay(endOf(subscription, offer)) }]
            : []),
          {
            label: 'Paid with',
            value: card === undefined ? 'A card that you enter next' : cardWords(card),
            action: card !== undefined && <TextLink href="/account/billing">Use another card</TextLink>,
          },
        ]}
      />
      <form method="post" className="flex flex-col gap-12">
        <input type="hidden" name="offer" value={offer.id} />
        <input type="hidden" name="id" value={id} />
        {prorationDate !== null && <input type="hidden" name="prorationDate" value={prorationDate} />}
        <div className="flex flex-wrap gap-12">
          <Button kind="buy">{card === undefined ? 'Go to payment' : `Pay ${due}`}</Button>
          <ButtonLink kind="secondary" href={path}>
            Leave it
          </ButtonLink>
        </div>
        <SandboxNotice />
      </form>
    </div>
  )
}

/** The period that its metric is counted in now. */
const endOf = ({ meters, period }: SubscriptionDetail, { metric }: OwnOffer): string =>
  meters.find((meter) => meter.metric === metric)?.resetsAt ?? period?.end ?? ''

interface RemovalProps {
  readonly addon: SubscriptionDetail['addons'][number]
  readonly path: string
}

const Removal = ({ addon: { id, name, amount, unit }, path }: RemovalProps) => (
  <div className="flex max-w-prose flex-col gap-16">
    <p className="text-16">{name} ends now.</p>
    <ul className="list-disc ps-24">
      <li>
        Your limit is lower by {amount.toLocaleString('en')} {unit} at once. What you used stays used.
      </li>
      <li>It is not charged again. What you paid for the present period is not given back.</li>
    </ul>
    <form method="post" className="flex flex-wrap gap-12">
      <input type="hidden" name="intent" value="remove" />
      <input type="hidden" name="addon" value={id} />
      <Button kind="danger" icon={CircleX}>
        Take off {name}
      </Button>
      <ButtonLink kind="secondary" href={path}>
        Keep it
      </ButtonLink>
    </form>
  </div>
)
