import type { ReactNode } from 'react'
import type { AddonPreview, Attempt, OwnOffer, Refusal, SavedCard } from '#src/features/billing/index.ts'
import type { OfferedTier, OpenLift } from '#src/features/offers/index.ts'
import { useLocale } from '../../locale.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Meter } from '../../ui/meter.tsx'
import { formatMoney, formatPrice } from '../../ui/money.ts'
import { Notice } from '../../ui/notice.tsx'
import { SandboxNotice } from '../../ui/sandbox-banner.tsx'
import { formatDay } from '../../ui/time.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { cardWords } from '../account/billing/card-words.ts'
import { RefusalNotice } from '../account/subscriptions/refusal.tsx'
import { AddonList } from './addon-list.tsx'
import { makesRoom } from './best-way.ts'
import type { BestWay } from './best-way.ts'
import { cameFrom } from './came-from.ts'
import { includedWords } from './included-words.ts'
import { liftWords } from './lift-words.ts'
import { meterLimit } from './meter-limit.ts'
import { TierAction } from './tier-action.tsx'
import { TierList } from './tier-list.tsx'

interface Purchase {
  readonly preview: Attempt<AddonPreview>
  /** Undefined: none is saved. */
  readonly card: SavedCard | undefined
  readonly id: string
}

export interface BuyHereProps {
  readonly lift: OpenLift
  /** This page, with the way back and nothing else. */
  readonly path: string
  readonly addons: readonly OwnOffer[]
  readonly best: BestWay | undefined
  readonly purchase: Purchase | undefined
  readonly isTrialUsed: boolean
  /** What was just done. */
  readonly notice: string | null
  /** What was just refused. */
  readonly outcome:
    | { readonly kind: 'not-started' }
    | { readonly kind: 'refused'; readonly refusal: Refusal; readonly id: string | undefined }
    | undefined
}

/** What stops the person, the one thing that lifts it, and the other ways below. */
export function BuyHere({ lift, path, addons, best, purchase, isTrialUsed, notice, outcome }: BuyHereProps) {
  const { metric, meter, hasSubscription, subscription, reason, agent } = lift
  const refusal =
    outcome?.kind === 'refused'
      ? outcome.refusal
      : purchase?.preview.kind === 'refused'
        ? purchase.preview.refusal
        : undefined
  const isLifted = reason === undefined
  const done = isLifted && notice !== null && Object.hasOwn(notices, notice) ? notices[notice] : undefined
  const otherAddons = reason === 'payment_required' ? [] : addons.filter(({ id }) => id !== addonOf(best)?.id)
  // What includes less lifts nothing, and what is late is paid first.
  const helps = (tier: OfferedTier) => !hasSubscription || (reason !== 'payment_required' && makesRoom(lift, tier))
  const otherTiers = lift.tiers.filter((tier) => tier.id !== tierOf(best)?.id && (tier.isTheirs || helps(tier)))
  const actionOf = (tier: OfferedTier, kind: 'buy' | 'secondary') =>
    tier.priceMinor === 0 && !hasSubscription ? (
      <StartFree tier={tier} isFirst={kind === 'buy'} />
    ) : (
      // What is closed has nothing to sell.
      agent.isPublished && (
        <TierAction
          tier={tier}
          slug={agent.slug}
          subscription={subscription}
          isTrialUsed={isTrialUsed}
          from={cameFrom(path)}
          kind={kind}
        />
      )
    )
  return (
    <AccessPage
      {...liftWords(lift)}
      state={refusal === undefined && outcome === undefined ? (isLifted ? 'done' : undefined) : 'error'}
      action={isLifted ? undefined : <WayBack lift={lift} />}
    >
      {done !== undefined && (
        <Notice tone="good" title={done.title}>
          {done.text}
        </Notice>
      )}
      {outcome?.kind === 'not-started' && (
        <Notice tone="bad" role="alert" title="That tier can’t be started">
          It is not on offer any more, or you have a subscription already. Nothing was changed.
        </Notice>
      )}
      {refusal !== undefined && <RefusalNotice refusal={refusal} />}
      {hasSubscription && (
        <Meter
          label={metric.displayName}
          unit={metric.unit}
          used={meter.used}
          limit={meterLimit(meter)}
          resets={meter.resetsAt === null ? undefined : `resets ${formatDay(meter.resetsAt)}`}
        />
      )}
      {isLifted && (
        <div className="flex flex-col">
          <WayBack lift={lift} />
        </div>
      )}
      {reason === 'payment_required' && subscription !== null && (
        <ButtonLink href={`/account/subscriptions/${subscription.id}/pay`}>Pay now</ButtonLink>
      )}
      {best?.kind === 'addon' && purchase?.preview.kind === 'ok' && (
        <BuyAddon
          addon={best.addon}
          preview={purchase.preview.value}
          card={purchase.card}
          id={(outcome?.kind === 'refused' ? outcome.id : undefined) ?? purchase.id}
          isDeclined={refusal?.code === 'payment_declined'}
        />
      )}
      {best?.kind === 'tier' && <TakeTier tier={best.tier}>{actionOf(best.tier, 'buy')}</TakeTier>}
      {otherAddons.length + otherTiers.length > 0 && (
        <div className="flex flex-col gap-16">
          {(best !== undefined || isLifted) && (
            <h2 className="text-14 font-medium text-muted">{isLifted ? 'If that is not enough' : 'Or instead'}</h2>
          )}
          {otherAddons.length > 0 && (
            <AddonList
              addons={otherAddons}
              hrefOf={({ id }) => `${path}${path.includes('?') ? '&' : '?'}offer=${id}`}
              isOnCard
            />
          )}
          {otherTiers.length > 0 && (
            <TierList tiers={otherTiers} heading="h2" isOnCard action={(tier) => actionOf(tier, 'secondary')} />
          )}
        </div>
      )}
    </AccessPage>
  )
}

const addonOf = (best: BestWay | undefined) => (best?.kind === 'addon' ? best.addon : undefined)
const tierOf = (best: BestWay | undefined) => (best?.kind === 'tier' ? best.tier : undefined)

const notices: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  started: { title: 'You are subscribed', text: 'It costs nothing and goes on by itself.' },
  bought: {
    title: 'It is paid',
    text: 'Your limit is raised from now on. What was denied was not counted: try it again.',
  },
  changed: {
    title: 'Your tier is changed',
    text: 'It counts from now on. What was denied was not counted: try it again.',
  },
}

interface BuyAddonProps {
  readonly addon: OwnOffer
  readonly preview: AddonPreview
  readonly card: SavedCard | undefined
  readonly id: string
  readonly isDeclined: boolean
}

/** One press: what it adds, costs and is paid with stands on it or right below. */
function BuyAddon({ addon, preview: { dueNow, again, prorationDate }, card, id, isDeclined }: BuyAddonProps) {
  const locale = useLocale()
  const due = formatMoney(dueNow, locale)
  const lasts =
    again === null
      ? addon.scope === 'one_cycle'
        ? 'Paid once, for the present period.'
        : 'Paid once, for good.'
      : `Then ${formatPrice(again, locale)}, until you take it off.`
  return (
    <form method="post" className="flex flex-col gap-12">
      <input type="hidden" name="intent" value="buy" />
      <input type="hidden" name="offer" value={addon.id} />
      <input type="hidden" name="id" value={id} />
      {prorationDate !== null && <input type="hidden" name="prorationDate" value={prorationDate} />}
      <Button kind="buy">
        Buy {addon.amount.toLocaleString('en')} more {addon.unit} for {due}
      </Button>
      <p className="text-14 text-muted">
        {lasts} {card === undefined ? 'A card is asked for next.' : `${cardWords(card)}.`}{' '}
        {card !== undefined && (
          <TextLink href="/account/billing">{isDeclined ? 'Pay with another card' : 'Use another card'}</TextLink>
        )}
      </p>
      <SandboxNotice />
    </form>
  )
}

function TakeTier({ tier, children }: { tier: OfferedTier; children: ReactNode }) {
  const locale = useLocale()
  const price = { amountMinor: tier.priceMinor, currency: tier.currency, interval: tier.billingInterval }
  return (
    <div className="flex flex-col gap-12">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-12 gap-y-4">
          <h2 className="text-18 font-medium">{tier.name}</h2>
          {!(tier.priceMinor === 0 && tier.name === 'Free') && (
            <span className="figures text-14 text-muted">
              {tier.priceMinor === 0 ? 'Free' : formatPrice(price, locale)}
            </span>
          )}
        </div>
        <ul className="text-14">
          {tier.includes.map((included) => (
            <li key={included.metric}>{includedWords(included, tier.usageInterval)}</li>
          ))}
        </ul>
      </div>
      {children}
    </div>
  )
}

const StartFree = ({ tier, isFirst }: { tier: OfferedTier; isFirst: boolean }) => (
  <form method="post" className="flex flex-col">
    <Button name="tier" value={tier.id} aria-label={isFirst ? undefined : `Start free with ${tier.name}`}>
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
