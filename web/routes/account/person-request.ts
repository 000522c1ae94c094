import { redirect } from 'react-router'
import { withReturnTo } from '../../return-to.ts'
import { accountRequest } from '../account-access/account-request.ts'

/** As accountRequest, for pages of somebody who is signed in; everybody else is sent to sign in and back. */
export function personRequest(args: Parameters<typeof accountRequest>[0]) {
  const page = accountRequest(args)
  const { viewer } = page
  if (viewer === undefined) {
    const { pathname, search } = new URL(args.request.url)
    throw redirect(withReturnTo('/sign-in', pathname + search), 303)
  }
  return { ...page, viewer }
}
