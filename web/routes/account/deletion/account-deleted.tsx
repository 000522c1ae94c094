import { redirect } from 'react-router'
import { webContext } from '../../../context.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { AccessPage } from '../../account-access/access-page.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { DemoMailHint } from '../../account-access/demo-mail-hint.tsx'
import type { Route } from './+types/account-deleted.ts'

export const headers = accountHeaders

export function loader({ context }: Route.LoaderArgs) {
  const { viewer, site } = context.get(webContext)
  if (viewer !== undefined) throw redirect('/account')
  return { isDemo: site.showsDevPages }
}

/** Says the same to everybody who comes: nobody here is somebody we know any more. */
export default function AccountDeleted({ loaderData: { isDemo } }: Route.ComponentProps) {
  return (
    <AccessPage
      title="Your account is closed"
      intro="You are signed out everywhere. What belonged to the account is being deleted, and a last mail says when that is done. Your address is free again then."
      action={
        <ButtonLink kind="secondary" href="/">
          Go to the front page
        </ButtonLink>
      }
      footer={<DemoMailHint isDemo={isDemo} />}
    />
  )
}
