import { data, redirect } from 'react-router'
import { subscriptionRequest } from './subscription-request.ts'
import type { Route } from './+types/pay.ts'

/** Leads to where the open invoice is paid; where none is, back to the subscription, which looks again. */
export async function loader(args: Route.LoaderArgs) {
  const { billing, which, path } = await subscriptionRequest(args)
  const outcome = await billing.findPaymentPage(which)
  if (outcome === undefined) throw data(null, { status: 404 })
  if (outcome.kind === 'refused') return redirect(`${path}?refused=${outcome.refusal.code}`, 303)
  return redirect(outcome.value ?? path, 303)
}
