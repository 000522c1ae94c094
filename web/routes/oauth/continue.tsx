import { redirect } from 'react-router'
import { safeReturnTo } from '../../return-to.ts'
import { accountHeaders } from '../account-access/account-request.ts'
import { isAuthorizeRequest } from './authorize-request.ts'
import { HandOver } from './hand-over.tsx'
import type { Route } from './+types/continue.ts'

export const headers = accountHeaders

/** Between our form and the agent's sign-in; leads nowhere else. */
export function loader({ request }: Route.LoaderArgs) {
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get('returnTo'))
  if (!isAuthorizeRequest(returnTo)) throw redirect(returnTo)
  return { returnTo }
}

export default function Continue({ loaderData: { returnTo } }: Route.ComponentProps) {
  return <HandOver url={returnTo} name={undefined} />
}
