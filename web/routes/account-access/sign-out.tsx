import { redirect } from 'react-router'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders } from './account-request.ts'
import type { Route } from './+types/sign-out.ts'

export const headers = accountHeaders

/** A link can't sign anybody out: opening the page only asks. */
export function loader(args: Route.LoaderArgs) {
  const { viewer } = accountRequest(args)
  if (viewer === undefined) throw redirect('/sign-in?notice=signed-out')
  return { email: viewer.email }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller } = accountRequest(args)
  const cookies = await account.signOut(caller)
  return redirect('/sign-in?notice=signed-out', { status: 303, headers: cookieHeaders(cookies) })
}

export default function SignOut({ loaderData: { email } }: Route.ComponentProps) {
  return (
    <AccessPage title="Sign out" intro={<>You are signed in as {email}.</>}>
      <form method="post" className="flex flex-col gap-12">
        <Button>Sign out on this device</Button>
        <ButtonLink kind="secondary" href="/">
          Stay signed in
        </ButtonLink>
      </form>
    </AccessPage>
  )
}
