import { data } from 'react-router'
import { webContext } from '../../../context.ts'
import { personRequest } from '../person-request.ts'

type RequestArgs = Parameters<typeof personRequest>[0] & { readonly params: { readonly id: string } }

/**
 * What pages about one subscription begin with. Anybody else's is a 404, like one that is not there. `isUpToDate`: what is late or
 * due is asked of Stripe first.
 */
export async function subscriptionRequest(args: RequestArgs, { isUpToDate = false } = {}) {
  const page = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const which = { subscriptionId: args.params.id, userId: page.viewer.id }
  const subscription = await (isUpToDate ? billing.findNow(which) : billing.find(which))
  if (subscription === undefined) throw data(null, { status: 404 })
  const path = `/account/subscriptions/${subscription.id}`
  return { ...page, billing, which, subscription, path }
}
