import { data, redirect } from 'react-router'
import type { ChangePreview, SubscriptionDetail } from '#src/features/billing/index.ts'
import type { OfferedTier } from '#src/features/offers/index.ts'
import { webContext } from '../../../context.ts'
import { useLocale } from '../../../locale.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { SandboxNotice } from '../../../ui/sandbox-banner.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { HandOver } from '../../oauth/hand-over.tsx'
import { cameFrom, withFrom, withNotice } from '../../offers/came-from.ts'
import type { CameFrom } from '../../offers/came-from.ts'
import { TierList } from '../../offers/tier-list.tsx'
import { AccountPage } from '../account-page.tsx'
import { handOn } from './hand-on.ts'
import { PreviewedChange } from './previewed-change.tsx'
import { RefusalNotice, statusOf } from './refusal.tsx'
import { subscriptionRequest } from './subscription-request.ts'
import { isOver } from './words.ts'
import type { Route } from './+types/change.ts'

export const headers = accountHeaders

/** Without a tier: which there are. With one: what the change to it would cost and do. */
export async function loader(args: Route.LoaderArgs) {
  const { subscription, path, which, billing, viewer, searchParams } = await subscriptionRequest(args)
  if (isOver(subscription)) throw redirect(path, 303)
  const { services } = args.context.get(webContext)
  const tiers = (await services.offers.read(subscription.agent.slug, viewer.id))?.tiers ?? []
  const [tierId, from] = [searchParams.get('tier'), cameFrom(searchParams.get('from'))]
  if (tierId === null) return { subscription, path, tiers, from, chosen: undefined }
  const tier = tiers.find(({ id }) => id === tierId)
  const outcome = await billing.previewChange({ ...which, tierId })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'ok' && outcome.value.kind === 'checkout')
    throw redirect(
      withFrom(`/agents/${subscription.agent.slug}/subscribe?tier=${encodeURIComponent(tierId)}`, from),
      303,
    )
  const chosen = { tier, outcome, id: billing.newId() }
  return data(
    { subscription, path, tiers, from, chosen },
    { status: outcome.kind === 'refused' ? statusOf(outcome.refusal) : 200 },
  )
}

export async function action(args: Route.ActionArgs) {
  const { billing, which, path, site, searchParams } = await subscriptionRequest(args)
  const form = await args.request.formData()
  const from = cameFrom(searchParams.get('from'))
  const outcome = await billing.commitChange({
    ...which,
    tierId: textOf(form, 'tier'),
    intentId: textOf(form, 'id'),
    ...asPreviewed(form),
  })
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') return data(outcome, { status: statusOf(outcome.refusal) })
  switch (outcome.value.kind) {
    case 'done':
      return redirect(from === undefined ? `${path}?notice=changed` : withNotice(from, 'changed'), 303)
    case 'kept':
      return redirect(`${path}?notice=kept`, 303)
    case 'scheduled':
      return redirect(`${path}?notice=scheduled`, 303)
    case 'checkout':
      return redirect(withFrom(`${path}/change?tier=${encodeURIComponent(textOf(form, 'tier'))}`, from), 303)
    case 'needs_payment':
      return data({
        kind: 'hand-over',
        to: handOn({ url: outcome.value.url, baseUrl: site.baseUrl }).handOverTo,
      } as const)
  }
}

/** What the page showed: whatever costs something else by now is refused. */
function asPreviewed(form: FormData): { prorationDate?: number; expectedMinor?: number } {
  const [date, due] = [textOf(form, 'prorationDate'), textOf(form, 'due')]
  const isNumber = (text: string) => /^\d{1,12}$/.test(text)
  return isNumber(date) && isNumber(due) ? { prorationDate: Number(date), expectedMinor: Number(due) } : {}
}

export default function Change({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'hand-over') return <HandOver url={actionData.to} name="the payment" />
  const { subscription, path, tiers, from, chosen } = loaderData
  const refusal = actionData?.refusal ?? (chosen?.outcome.kind === 'refused' ? chosen.outcome.refusal : undefined)
  return (
    <AccountPage
      title={titleOf(subscription, chosen?.tier)}
      current="/account/subscriptions"
      hasErrors={refusal !== undefined}
    >
      {refusal !== undefined && <RefusalNotice refusal={refusal} />}
      {chosen?.outcome.kind === 'ok' ? (
        <Chosen path={path} tier={chosen.tier} preview={chosen.outcome.value} id={chosen.id} from={from} />
      ) : (
        <Choice subscription={subscription} tiers={tiers} path={path} from={from} />
      )}
    </AccountPage>
  )
}

const titleOf = ({ agent }: SubscriptionDetail, tier: OfferedTier | undefined): string =>
  tier === undefined ? `Change tier of ${agent.name}` : `Change ${agent.name} to ${tier.name}`

interface ChoiceProps {
  readonly subscription: SubscriptionDetail
  readonly tiers: readonly OfferedTier[]
  readonly path: string
  readonly from: CameFrom | undefined
}

function Choice({ subscription, tiers, path, from }: ChoiceProps) {
  const others = tiers.filter(({ isTheirs }) => !isTheirs)
  if (others.length === 0) {
    return (
      <EmptyState title="There is no other tier" action={<ButtonLink href={path}>Back to the subscription</ButtonLink>}>
        {subscription.agent.name} has none but yours on offer now. Yours stays as it is.
      </EmptyState>
    )
  }
  return (
    <div className="flex max-w-prose flex-col gap-16">
      <p className="text-muted">
        What you choose is shown with its cost and its day first; nothing changes by looking.{' '}
        <TextLink href={`${path}/estimate`}>What would I pay?</TextLink>
      </p>
      <TierList
        tiers={tiers}
        heading="h2"
        action={(tier) =>
          // A change that is noted is taken back by choosing the present tier.
          (!tier.isTheirs || subscription.next !== null) && (
            <ButtonLink
              kind="secondary"
              size="console"
              href={withFrom(`${path}/change?tier=${tier.id}`, from)}
              aria-label={tier.isTheirs ? `Stay on ${tier.name}` : `Choose ${tier.name}`}
            >
              {tier.isTheirs ? 'Stay on it' : 'Choose'}
            </ButtonLink>
          )
        }
      />
      <div>
        <ButtonLink kind="secondary" size="console" href={path}>
          Keep things as they are
        </ButtonLink>
      </div>
    </div>
  )
}

interface ChosenProps {
  readonly path: string
  readonly tier: OfferedTier | undefined
  readonly preview: ChangePreview
  readonly id: string
  readonly from: CameFrom | undefined
}

function Chosen({ path, tier, preview, id, from }: ChosenProps) {
  const locale = useLocale()
  const isPaidNow = preview.kind === 'now' && preview.dueNow.amountMinor > 0
  return (
    <div className="flex max-w-prose flex-col gap-24">
      <PreviewedChange preview={preview} tierName={tier?.name ?? 'it'} />
      <form method="post" className="flex flex-col gap-12">
        <input type="hidden" name="tier" value={tier?.id ?? ''} />
        <input type="hidden" name="id" value={id} />
        {preview.kind === 'now' && (
          <>
            <input type="hidden" name="prorationDate" value={preview.prorationDate} />
            <input type="hidden" name="due" value={preview.dueNow.amountMinor} />
          </>
        )}
        <div className="flex flex-wrap gap-12">
          <Button kind={isPaidNow ? 'buy' : 'ink'}>
            {isPaidNow
              ? `Pay ${formatMoney(preview.dueNow, locale)} and change`
              : freeWords(preview, tier?.name ?? 'it')}
          </Button>
          <ButtonLink kind="secondary" href={from?.path ?? `${path}/change`}>
            Choose another
          </ButtonLink>
        </div>
        {isPaidNow && <SandboxNotice />}
      </form>
    </div>
  )
}

const freeWords = ({ kind }: ChangePreview, name: string): string =>
  kind === 'keep' ? `Stay on ${name}` : `Change to ${name}`
