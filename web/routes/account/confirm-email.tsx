import { data } from 'react-router'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, rateLimited } from '../account-access/account-request.ts'
import { TooOften } from '../account-access/too-often.tsx'
import type { Route } from './+types/confirm-email.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller } = accountRequest(args)
  const link = await people.readEmailChange(caller, args.params.token)
  switch (link.kind) {
    case 'open':
      return { email: link.email, waitSeconds: undefined }
    case 'link_expired':
      return data({ email: undefined, waitSeconds: undefined }, { status: 410 })
    case 'rate_limited':
      return rateLimited(link.retryAfterSeconds, { email: undefined })
  }
}

export async function action(args: Route.ActionArgs) {
  const { people, caller } = accountRequest(args)
  const result = await people.confirmEmailChange(caller, args.params.token)
  switch (result.kind) {
    case 'changed':
      // With a status of its own: the loader, which runs once more, finds the link used.
      return data({ kind: result.kind, email: result.email, waitSeconds: undefined }, { status: 200 })
    case 'taken':
      return data({ kind: result.kind, email: result.email, waitSeconds: undefined }, { status: 409 })
    case 'link_expired':
      return data({ kind: result.kind, email: undefined, waitSeconds: undefined }, { status: 410 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { kind: result.kind, email: undefined })
  }
}

const toProfile = <ButtonLink href="/account/profile">Open your profile</ButtonLink>

export default function ConfirmEmail({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'changed') {
    return (
      <AccessPage
        title="Your address is changed"
        intro={<>You sign in with {actionData.email} from now on.</>}
        state="done"
        action={toProfile}
      />
    )
  }
  if (actionData?.kind === 'taken') {
    return (
      <AccessPage
        title="This address has an account"
        intro={<>Another account uses {actionData.email} by now, so yours keeps its address.</>}
        action={toProfile}
      />
    )
  }
  const { email } = loaderData
  const waitSeconds = actionData?.waitSeconds ?? loaderData.waitSeconds
  if (waitSeconds !== undefined) {
    return (
      <AccessPage title="Confirm your new address">
        <TooOften seconds={waitSeconds} />
      </AccessPage>
    )
  }
  if (email === undefined) {
    return (
      <AccessPage
        title="This link no longer works"
        intro="Links to confirm a new address work once, for 24 hours, and only the newest one. Your address is as it was."
        action={toProfile}
      />
    )
  }
  return (
    <AccessPage title="Confirm your new address" intro={<>Shall your account have {email} from now on?</>}>
      <form method="post" className="flex flex-col gap-12">
        <Button>Confirm this address</Button>
      </form>
      <p className="text-14 text-muted">If you did not ask for it, close this page. Nothing happens then.</p>
    </AccessPage>
  )
}
