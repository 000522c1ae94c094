import type { Deps } from '#src/deps.ts'
import { stripeCall } from '../stripe-failures.ts'
import { ensureCustomer } from './ensure-customer.ts'

export interface OpenPortal {
  readonly userId: string
  /** A path of ours, to come back to. Anything else leads to the billing page. */
  readonly returnTo?: string
}

const billingPage = '/account/billing'

/** Stripe's page for cards; the session is for this person and soon over. Throws `unavailable`. */
export async function openPortal(
  deps: Pick<Deps, 'db' | 'payments' | 'baseUrl'>,
  { userId, returnTo = billingPage }: OpenPortal,
): Promise<{ readonly url: string }> {
  const customer = await ensureCustomer(deps, { userId })
  const { url } = await stripeCall(() =>
    deps.payments.stripe.billingPortal.sessions.create({ customer, return_url: ownUrl(deps.baseUrl, returnTo) }),
  )
  return { url }
}

/** Nobody is sent from Stripe's page to somewhere else in our name. */
function ownUrl(baseUrl: string, path: string): string {
  const url = URL.parse(path, baseUrl)
  const isOwn = path.startsWith('/') && url !== null && url.origin === new URL(baseUrl).origin
  return isOwn ? url.href : `${baseUrl}${billingPage}`
}
