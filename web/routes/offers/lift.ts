import { redirect } from 'react-router'
import type { Route } from './+types/lift.ts'

/** Where the page behind a denial was before: links in mails and agents' logs outlive a name. */
export function loader({ params: { token }, request }: Route.LoaderArgs) {
  throw redirect(`/buy/${encodeURIComponent(token)}${new URL(request.url).search}`, 308)
}
