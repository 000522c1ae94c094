// The account itself, its events, and the billing portal.
import { invalid } from '../errors.ts'
import { newStripeId } from '../store.ts'
import type { Store } from '../store.ts'
import type { Doc } from '../vocabulary.ts'
import { list } from './lists.ts'
import type { Routes } from './routes.ts'

const eventTypesMax = 20

/** One for each database, so that databases can be told apart as accounts are. */
async function account(store: Store): Promise<Doc<'account'>> {
  const { rows } = await store.client.query<{ id: string }>('SELECT id FROM stripe_sandbox.account')
  const [known] = rows
  if (!known) throw new Error('the sandbox has no account')
  return store.make('account', {
    id: known.id,
    charges_enabled: true,
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    type: 'standard',
  })
}

export const accountRoutes = {
  'GET /v1/account': account,
  'GET /v1/events': (store, { type, types, delivery_success: isDelivered, ...page }) => {
    if (types !== undefined && types.length > eventTypesMax)
      throw invalid(`You may only specify up to ${eventTypesMax} types.`, { param: 'types' })
    const wanted = types ?? (type === undefined ? undefined : [type])
    return list(store, {
      kind: 'event',
      url: '/v1/events',
      page,
      and: [
        ...(wanted === undefined
          ? []
          : [
              {
                // `charge.*` means all types that begin so.
                sql: (place: string) => `doc->>'type' LIKE ANY(${place})`,
                value: wanted.map((name) => name.replaceAll('_', '\\_').replaceAll('*', '%')),
              },
            ]),
        ...(isDelivered === undefined
          ? []
          : [{ sql: (place: string) => `((doc->>'pending_webhooks')::int = 0) = ${place}`, value: isDelivered }]),
      ],
    })
  },
  'GET /v1/events/:id': (store, _, { id }) => store.get('event', id),
  'POST /v1/billing_portal/sessions': async (store, params) => {
    if (params.customer === undefined)
      throw invalid('Missing required param: customer.', { param: 'customer', code: 'parameter_missing' })
    await store.get('customer', params.customer, 'customer')
    const id = newStripeId('bps_test')
    return store.create('billing_portal.session', {
      id,
      configuration: 'bpc_sandbox',
      customer: params.customer,
      flow: params.flow_data ? { type: params.flow_data.type, after_completion: { type: 'portal_homepage' } } : null,
      locale: params.locale ?? null,
      return_url: params.return_url ?? null,
      url: store.settings.pages.portal(id),
    })
  },
} satisfies Partial<Routes>
