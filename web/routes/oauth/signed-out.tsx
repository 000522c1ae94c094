import { webContext } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { HandOver } from './hand-over.tsx'
import type { Route } from './+types/signed-out.ts'

export const headers = accountHeaders

/** Leads on to the agent that asked, if it registered the address. */
export async function loader({ context, request }: Route.LoaderArgs) {
  const goesOn = await context.get(webContext).services.oauth.findSignOutReturn(new URL(request.url).searchParams)
  return { url: goesOn?.url, name: goesOn?.name ?? undefined }
}

export default function SignedOut({ loaderData: { url, name } }: Route.ComponentProps) {
  if (url !== undefined) return <HandOver url={url} name={name} />
  return (
    <AccessPage
      title="You are signed out"
      intro="The session is ended on this device. Agents that stay connected while you are away still are; you can disconnect them in your account."
      state="done"
      action={<ButtonLink href="/sign-in">Sign in again</ButtonLink>}
    />
  )
}
