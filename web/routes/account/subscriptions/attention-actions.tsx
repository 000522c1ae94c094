import type { PresentSubscription } from '#src/features/billing/index.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import type { Attention } from './attention.ts'

interface AttentionActionsProps {
  readonly kind: Attention['kind']
  readonly subscription: Pick<PresentSubscription, 'id' | 'agent'>
  /** Of the page that has only this one, where what leads to it would lead nowhere. */
  readonly isOnItsPage?: boolean
  /** What can be bought to raise a limit, as far as the page knows. */
  readonly hasOffers?: boolean
}

/** What can be done about it, the likeliest first. */
export function AttentionActions({ kind, subscription, isOnItsPage = false, hasOffers }: AttentionActionsProps) {
  const { id, agent } = subscription
  const path = `/account/subscriptions/${id}`
  const link = (to: string, label: string, look: 'ink' | 'secondary' = 'secondary') => (
    <ButtonLink key={to} kind={look} size="console" href={to}>
      {label}
      {!isOnItsPage && <span className="sr-only"> ({agent.name})</span>}
    </ButtonLink>
  )
  switch (kind) {
    case 'payment':
      return [link(`${path}/pay`, 'Pay now', 'ink'), link('/account/billing', 'Change card')]
    case 'needs-card':
      return link('/account/billing', 'Add a card', 'ink')
    case 'limit':
      if (!isOnItsPage) return link(path, 'Raise it')
      return [hasOffers === true && link(`${path}/addons`, 'Buy an add-on'), link(`${path}/change`, 'Change tier')]
    case 'trial-ends':
      return isOnItsPage ? link(`${path}/cancel`, 'Cancel the trial') : link(path, 'Manage')
    case 'ends':
      return (
        <form method="post" action={`${path}/resume`}>
          <Button kind="secondary" size="console">
            Resume{!isOnItsPage && <span className="sr-only"> {agent.name}</span>}
          </Button>
        </form>
      )
    case 'suspended':
    case 'on-hold':
      return isOnItsPage ? undefined : link(path, 'Manage')
  }
}
