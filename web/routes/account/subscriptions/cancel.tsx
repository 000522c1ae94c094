import { data, redirect } from 'react-router'
import CircleX from 'lucide-react/icons/circle-x'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { formatDay } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { AccountPage } from '../account-page.tsx'
import { RefusalNotice, statusOf } from './refusal.tsx'
import { subscriptionRequest } from './subscription-request.ts'
import { isOver, owes } from './words.ts'
import type { Route } from './+types/cancel.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { subscription, path } = await subscriptionRequest(args, { isUpToDate: true })
  if (isOver(subscription) || subscription.cancelAtPeriodEnd) throw redirect(path, 303)
  return { subscription, path }
}

export async function action(args: Route.ActionArgs) {
  const { billing, which, path } = await subscriptionRequest(args)
  const outcome = await billing.cancel(which)
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') return data({ refusal: outcome.refusal }, { status: statusOf(outcome.refusal) })
  return redirect(`${path}?notice=${outcome.value.kind === 'at_once' ? 'ended' : 'cancelled'}`, 303)
}

/** The second of two clicks: when it ends, and what stays. */
export default function Cancel({ loaderData: { subscription, path }, actionData }: Route.ComponentProps) {
  const { agent, period, addons, tier } = subscription
  const isLate = owes(subscription)
  // The paid period is over, and the next one is not charged yet.
  const isAtOnce = isLate || subscription.isBeingCharged
  const end = isAtOnce || period === null ? 'now' : `on ${formatDay(period.end)}`
  const recurring = addons.filter(({ price }) => price !== null).length
  return (
    <AccountPage title={`Cancel ${agent.name}`} current="/account/subscriptions" hasErrors={actionData !== undefined}>
      {actionData !== undefined && <RefusalNotice refusal={actionData.refusal} />}
      <div className="flex max-w-prose flex-col gap-16">
        <p className="text-16">
          {tier.name} ends {end}.
        </p>
        <ul className="list-disc ps-24">
          {isAtOnce ? (
            <li>{isLate ? 'The open invoice is void' : 'The next charge is not made'}: you owe nothing more.</li>
          ) : (
            <>
              <li>Until then {agent.name} works as before, with all you have of it.</li>
              <li>Nothing more is charged.{recurring > 0 && ' Your add-ons end with it.'}</li>
              <li>You can resume it with one click until that day.</li>
            </>
          )}
          <li>What you used stays in your history; what {agent.name} keeps of yours is up to its publisher.</li>
        </ul>
        <form method="post" className="flex flex-wrap gap-12">
          <Button kind="danger" icon={CircleX}>
            Cancel {agent.name}
          </Button>
          <ButtonLink kind="secondary" href={path}>
            Keep it
          </ButtonLink>
        </form>
      </div>
    </AccountPage>
  )
}
