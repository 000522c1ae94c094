import RotateCcw from 'lucide-react/icons/rotate-ccw'
import { Breadcrumbs } from '../../../ui/breadcrumbs.tsx'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { exact, RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { Section } from '../../account/account-page.tsx'
import { Record } from '../../account/record.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { Replayed } from './replayed.tsx'
import { outcomeWords, StateBadge } from './state-badge.tsx'
import { Traces } from './traces.tsx'
import type { Route } from './+types/stripe-event.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, locale } = operatorRequest(args)
  return { event: await orRefusal(services.stripeEvents.read(viewer, args.params.id)), now: Date.now(), locale }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const { event, changes } = await orRefusal(services.stripeEvents.replay(viewer, args.params.id))
  return { state: event.state, changes }
}

export default function StripeEvent({ loaderData: { event, now, locale }, actionData }: Route.ComponentProps) {
  return (
    <OperatorPage
      title={event.type}
      current="/operator/stripe-events"
      action={
        <form method="post">
          <Button size="console" icon={RotateCcw}>
            Replay
          </Button>
        </form>
      }
    >
      <Breadcrumbs
        crumbs={[{ label: 'Stripe events', href: '/operator/stripe-events' }, { label: event.stripeEventId }]}
      />
      {actionData && <Replayed {...actionData} event={event} locale={locale} />}
      {!actionData && event.error !== null && (
        <Notice tone="bad" title="The last attempt failed">
          {event.nextAttemptAt === null
            ? 'It is not tried again by itself. See to what stands below, then replay it: that is safe at any time.'
            : 'It is tried again by itself. A replay does it at once, and is safe at any time.'}
        </Notice>
      )}
      <Record lines={linesOf(event, now)} />
      <Section id="traces" title="What is stored now">
        <Traces traces={event.traces} locale={locale} />
      </Section>
      <Section
        id="payload"
        title="Payload"
        intro={
          event.isReduced
            ? 'Only ids are kept of this one: it is about nobody here, about somebody who has gone, or old.'
            : 'As Stripe sent it. Whatever is done asks Stripe for the object as it is now.'
        }
      >
        <pre className="figures rounded-card bg-sunken p-16 whitespace-pre-wrap wrap-anywhere">
          {JSON.stringify(event.payload, null, 2)}
        </pre>
      </Section>
    </OperatorPage>
  )
}

type Event = Route.ComponentProps['loaderData']['event']

function linesOf(event: Event, now: number) {
  const when = (iso: string | null) => (iso === null ? '–' : <RelativeTime iso={iso} now={now} />)
  return [
    { label: 'State', value: <StateBadge state={event.state} /> },
    ...(event.error === null
      ? [{ label: 'What came of it', value: outcomeWords(event.outcome) }]
      : [{ label: 'Error', value: <span className="figures whitespace-pre-wrap">{event.error}</span> }]),
    { label: 'Attempts', value: <span className="figures">{event.attempts}</span> },
    ...(event.nextAttemptAt === null ? [] : [{ label: 'Next attempt', value: exact(event.nextAttemptAt) }]),
    { label: 'Received', value: when(event.receivedAt) },
    { label: 'Processed', value: when(event.processedAt) },
    { label: 'Id at Stripe', value: <span className="figures wrap-anywhere">{event.stripeEventId}</span> },
    { label: 'Mode', value: event.livemode ? 'Live' : 'Test or sandbox' },
  ]
}
