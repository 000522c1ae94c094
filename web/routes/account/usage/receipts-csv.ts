import { data, redirect } from 'react-router'
import { webContext } from '../../../context.ts'
import { personRequest } from '../person-request.ts'
import { askedOf, filteredHref, filterOf } from './receipt-filter.ts'
import type { Route } from './+types/receipts-csv.ts'

/** The receipts as a file (RFC 4180); where it was cut, `Link` says where the next one begins (RFC 8288). */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { receipts } = args.context.get(webContext).services
  const which = { subscriptionId: args.params.id, userId: viewer.id }
  const path = `/account/subscriptions/${args.params.id}/usage.csv`
  const filter = filterOf(searchParams)
  const cursor = searchParams.get('cursor') ?? undefined
  const file = await receipts.download({ which, filter: askedOf(filter), cursor }).catch((error: unknown) => {
    if (cursor !== undefined && (error as { code?: unknown }).code === 'invalid_request') {
      throw redirect(filteredHref(path, filter))
    }
    throw error
  })
  if (file === undefined) throw data(null, { status: 404 })
  const headers = new Headers({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${file.subscription.agent.slug}-receipts.csv"`,
    'cache-control': 'no-store',
  })
  if (file.nextCursor !== undefined) {
    headers.set('link', `<${filteredHref(path, filter, file.nextCursor)}>; rel="next"`)
  }
  return new Response(file.csv, { headers })
}
