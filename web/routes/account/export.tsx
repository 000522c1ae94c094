import Download from 'lucide-react/icons/download'
import Trash2 from 'lucide-react/icons/trash-2'
import { useSiteName } from '../../site-name.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { ErrorSummary } from '../account-access/error-summary.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { AccountPage, FormColumn, Section } from './account-page.tsx'
import { CurrentPassword, wrongPassword } from './current-password.tsx'
import { personRequest } from './person-request.ts'
import type { Route } from './+types/export.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, searchParams } = personRequest(args)
  const { needsPassword } = await people.profile(caller)
  const waitSeconds = Number(searchParams.get('wait'))
  return {
    needsPassword,
    isWrong: searchParams.get('refused') === 'password',
    waitSeconds: waitSeconds > 0 && waitSeconds <= 3_600 ? waitSeconds : undefined,
  }
}

export default function ExportPage({ loaderData: { needsPassword, isWrong, waitSeconds } }: Route.ComponentProps) {
  const siteName = useSiteName()
  const error = isWrong ? wrongPassword : undefined
  return (
    <AccountPage title="Your data" current="/account/export" hasErrors={isWrong || waitSeconds !== undefined}>
      <ErrorSummary errors={{ password: error }} />
      <TooOften seconds={waitSeconds} />
      <FormColumn>
        <p className="text-muted">
          Everything {siteName} holds about you, as one JSON file: your account, sessions, organizations, subscriptions
          with every unit of usage, reviews, and what was recorded about your actions. Passwords, keys and tokens are
          left out.
        </p>
        <form method="post" action="/account/export/file" noValidate className="flex flex-col gap-16">
          {needsPassword && <CurrentPassword error={error} />}
          <div>
            <Button icon={Download}>Download your data</Button>
          </div>
        </form>
      </FormColumn>
      <Section id="leave" title="Leave" intro="You are shown what ends, what goes and what stays before you are asked.">
        <div>
          <ButtonLink kind="danger" size="console" icon={Trash2} href="/account/delete">
            Delete your account
          </ButtonLink>
        </div>
      </Section>
    </AccountPage>
  )
}
