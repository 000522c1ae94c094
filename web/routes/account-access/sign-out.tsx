import { redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { safeReturnTo, withReturnTo } from '../../return-to.ts'
import { useSiteName } from '../../site-name.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders } from './account-request.ts'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/sign-out.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

/** A link can't sign anybody out: opening the page only asks. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = accountRequest(args)
  const goesOn = await args.context.get(webContext).services.oauth.findSignOutReturn(searchParams)
  if (viewer === undefined) throw redirect(signedOutPath(goesOn, searchParams))
  return { email: viewer.email, asks: goesOn?.name ?? undefined, host: goesOn?.host }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller, searchParams } = accountRequest(args)
  const goesOn = await args.context.get(webContext).services.oauth.findSignOutReturn(searchParams)
  const cookies = await account.signOut(caller)
  return redirect(signedOutPath(goesOn, searchParams), { status: 303, headers: cookieHeaders(cookies) })
}

/** An agent that asked has its person back, by way of a page, because browsers hold a form to our own addresses. */
const signedOutPath = (goesOn: object | undefined, searchParams: URLSearchParams): string =>
  goesOn === undefined
    ? withReturnTo('/sign-in?notice=signed-out', safeReturnTo(searchParams.get('returnTo')))
    : `/signed-out?${searchParams}`

export default function SignOut({ loaderData: { email, asks, host } }: Route.ComponentProps) {
  const siteName = useSiteName()
  return (
    <AccessPage title="Sign out" intro={<>You are signed in as {email}.</>}>
      {host !== undefined && (
        <p className="wrap-anywhere">
          {asks ?? 'An agent'} asks to sign you out of {siteName}, too. You go back to {host} then.
        </p>
      )}
      <form method="post" className="flex flex-col gap-12">
        <Button>Sign out on this device</Button>
        <ButtonLink kind="secondary" href="/">
          Stay signed in
        </ButtonLink>
      </form>
    </AccessPage>
  )
}
