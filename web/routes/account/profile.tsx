import { data, redirect } from 'react-router'
import { withReturnTo } from '../../return-to.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { accountHeaders, cookieHeaders, rateLimited, textOf } from '../account-access/account-request.ts'
import { emailErrors, nameErrors } from '../account-access/account-words.ts'
import { DemoMailHint } from '../account-access/demo-mail-hint.tsx'
import { ErrorSummary } from '../account-access/error-summary.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from './account-page.tsx'
import { CurrentPassword, wrongPassword } from './current-password.tsx'
import { personRequest } from './person-request.ts'
import type { Route } from './+types/profile.ts'

export const headers = accountHeaders

const notices = {
  'name-changed': { title: 'Your name is changed' },
  'email-sent': {
    title: 'Look into the mail of the new address',
    text: 'Its link confirms the change. Your present address was told.',
  },
  'email-cancelled': { title: 'The change is cancelled', text: 'Your address stays as it is.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, site, searchParams } = personRequest(args)
  const profile = await people.profile(caller)
  return { profile, isDemo: site.showsDevPages, notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  personRequest(args)
  const form = await args.request.formData()
  switch (textOf(form, 'intent')) {
    case 'name':
      return changeName(args, textOf(form, 'name'))
    case 'email':
      return requestChange(args, { email: textOf(form, 'email'), password: textOf(form, 'password') })
    case 'cancel-email':
      return cancelChange(args)
    default:
      throw data(null, { status: 400 })
  }
}

const unchanged = { name: undefined, email: undefined, errors: {}, waitSeconds: undefined }

async function changeName(args: Route.ActionArgs, name: string) {
  const { people, caller } = personRequest(args)
  const result = await people.changeName(caller, name)
  if (result.kind === 'invalid') {
    return data({ ...unchanged, name, errors: { name: nameErrors[result.problem] } }, { status: 400 })
  }
  return redirect('/account/profile?notice=name-changed', { status: 303, headers: cookieHeaders(result.cookies) })
}

async function requestChange(args: Route.ActionArgs, change: { email: string; password: string }) {
  const { people, caller } = personRequest(args)
  const { email } = change
  const result = await people.requestEmailChange(caller, change)
  switch (result.kind) {
    case 'sent':
      return redirect('/account/profile?notice=email-sent', 303)
    case 'invalid': {
      const error =
        result.problem === 'unchanged'
          ? { message: 'This is your address already.', remedy: 'Enter another one.' }
          : emailErrors[result.problem]
      return data({ ...unchanged, email, errors: { email: error } }, { status: 400 })
    }
    case 'wrong_password':
      return data({ ...unchanged, email, errors: { password: wrongPassword } }, { status: 400 })
    case 'unverified':
      return redirect('/account/profile', 303)
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { ...unchanged, email })
  }
}

async function cancelChange(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  await people.cancelEmailChange(caller)
  return redirect('/account/profile?notice=email-cancelled', 303)
}

export default function ProfilePage({ loaderData: { profile, isDemo, notice }, actionData }: Route.ComponentProps) {
  const errors: Errors = actionData?.errors ?? {}
  return (
    <AccountPage title="Profile" current="/account/profile" notice={notice} hasErrors={actionData !== undefined}>
      <ErrorSummary errors={{ name: errors.name, email: errors.email, password: errors.password }} />
      <TooOften seconds={actionData?.waitSeconds} />
      <Section id="name" title="Name" intro="What agents and publishers call you.">
        <form method="post" noValidate>
          <FormColumn>
            <input type="hidden" name="intent" value="name" />
            <TextField
              label="Name"
              name="name"
              autoComplete="name"
              defaultValue={actionData?.name ?? profile.name}
              error={errors.name}
              required
            />
            <div>
              <Button>Save name</Button>
            </div>
          </FormColumn>
        </form>
      </Section>
      <Section id="email" title="E-mail address" intro={<>You sign in with {profile.email}.</>}>
        <FormColumn>
          {profile.waitingEmail !== undefined && <Waiting email={profile.waitingEmail} isDemo={isDemo} />}
          {profile.emailVerified ? (
            <EmailForm typed={actionData?.email} errors={errors} needsPassword={profile.needsPassword} />
          ) : (
            <Notice tone="warning" title="Confirm your present address first">
              <TextLink href={withReturnTo('/verify-email', '/account/profile')}>Send a new link</TextLink>
            </Notice>
          )}
        </FormColumn>
      </Section>
    </AccountPage>
  )
}

type Errors = Readonly<Partial<Record<'name' | 'email' | 'password', (typeof emailErrors)['missing']>>>

const Waiting = ({ email, isDemo }: { email: string; isDemo: boolean }) => (
  <Notice title="A change is waiting">
    <span className="flex flex-col items-start gap-12 wrap-anywhere">
      <span>The link in the mail to {email} makes it your address. Until then nothing changes.</span>
      <DemoMailHint isDemo={isDemo} />
      <form method="post">
        <input type="hidden" name="intent" value="cancel-email" />
        <Button kind="secondary" size="console">
          Cancel the change
        </Button>
      </form>
    </span>
  </Notice>
)

interface EmailFormProps {
  readonly typed: string | undefined
  readonly errors: Errors
  readonly needsPassword: boolean
}

const EmailForm = ({ typed, errors, needsPassword }: EmailFormProps) => (
  <form method="post" noValidate className="flex flex-col gap-16">
    <input type="hidden" name="intent" value="email" />
    <TextField
      label="New e-mail address"
      name="email"
      type="email"
      autoComplete="email"
      hint="A link to confirm it goes there; a notice goes to the present one."
      defaultValue={typed}
      error={errors.email}
      required
    />
    {needsPassword && <CurrentPassword error={errors.password} />}
    <div>
      <Button kind="secondary">Send the link</Button>
    </div>
  </form>
)
