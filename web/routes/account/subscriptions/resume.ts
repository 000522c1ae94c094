import { data, redirect } from 'react-router'
import { subscriptionRequest } from './subscription-request.ts'
import type { Route } from './+types/resume.ts'

/** It is posted to; who comes by a link is led to where the button is. */
export async function loader(args: Route.LoaderArgs) {
  const { path } = await subscriptionRequest(args)
  return redirect(path, 303)
}

export async function action(args: Route.ActionArgs) {
  const { billing, which, path } = await subscriptionRequest(args)
  const outcome = await billing.resume(which)
  if (outcome === undefined) throw data(null, { status: 404 })
  return redirect(outcome.kind === 'ok' ? `${path}?notice=resumed` : `${path}?refused=${outcome.refusal.code}`, 303)
}
