import type { OwnOffer, PresentSubscription } from '#src/features/billing/index.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import type { Attention } from './attention.ts'
import { isChangeable } from './words.ts'

interface AttentionActionsProps {
  readonly attention: Pick<Attention, 'kind' | 'metric'>
  readonly subscription: Pick<PresentSubscription, 'id' | 'agent' | 'status' | 'cancelAtPeriodEnd'>
  /** On the subscription's own page: what it can buy. Left out elsewhere, where one link leads to that page. */
  readonly offers?: readonly OwnOffer[]
}

/** What can be done about it, the likeliest first. */
export function AttentionActions({ attention: { kind, metric }, subscription, offers }: AttentionActionsProps) {
  const { id, agent, cancelAtPeriodEnd } = subscription
  const path = `/account/subscriptions/${id}`
  const name = offers === undefined && <span className="sr-only"> {agent.name}</span>
  const link = (to: string, label: string, look: 'ink' | 'secondary' = 'secondary') => (
    <ButtonLink key={to} kind={look} size="console" href={to}>
      {label}
      {name}
    </ButtonLink>
  )
  if (kind === 'payment') return [link(`${path}/pay`, 'Pay now', 'ink'), link('/account/billing', 'Change card')]
  if (kind === 'needs-card') return link('/account/billing', 'Add a card', 'ink')
  if (kind === 'ends') {
    return (
      <form method="post" action={`${path}/resume`}>
        <Button kind="secondary" size="console">
          Resume
          {name}
        </Button>
      </form>
    )
  }
  if (offers === undefined) return link(path, 'Manage')
  if (kind === 'limit') {
    return [
      offers.some((offer) => offer.metric === metric) && link(`${path}/addons`, 'Buy an add-on'),
      isChangeable(subscription) && link(`${path}/change`, 'Change tier'),
    ]
  }
  if (cancelAtPeriodEnd) return undefined
  return link(`${path}/cancel`, kind === 'trial-ends' ? 'Cancel the trial' : `Cancel ${agent.name}`)
}
