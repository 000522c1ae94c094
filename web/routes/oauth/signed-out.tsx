import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'

export const headers = accountHeaders

export default function SignedOut() {
  return (
    <AccessPage
      title="You are signed out"
      intro="The session is ended on this device. Agents that stay connected while you are away still are; you can disconnect them in your account."
      state="done"
      action={<ButtonLink href="/sign-in">Sign in again</ButtonLink>}
    />
  )
}
