import { data, redirect } from 'react-router'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { afterForm, asPresentPerson, asksForAccount, demandsSignIn, wantedStep } from '../oauth/authorize-request.ts'
import { type FieldError, TextField } from '../../ui/field.tsx'
import { PasskeyScript } from '../../ui/passkey-script.tsx'
import { Notice } from '../../ui/notice.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders, rateLimited, textOf } from './account-request.ts'
import { ErrorSummary } from './error-summary.tsx'
import { TooOften } from './too-often.tsx'
import { TextLink } from './text-link.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/sign-in.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

interface SignInNotice {
  readonly title: string
  readonly text: string
  readonly tone?: 'bad'
}

const notices: Readonly<Record<string, SignInNotice>> = {
  'passkey-failed': {
    title: 'The passkey did not open the account',
    text: 'It may have been removed here, or the answer took too long. Try again, or use the password.',
    tone: 'bad',
  },
  'start-again': {
    title: 'Begin once more',
    text: 'The code took too long, or was wrong too often. Nothing was changed.',
  },
  'signed-out': { title: 'You are signed out', text: 'The session is ended on this device.' },
  'password-changed': {
    title: 'Your password was changed',
    text: 'Every device was signed out. Sign in with the new password.',
  },
}

/** What the agent wants of this sign-in. */
const stepNotices: Readonly<Record<NonNullable<ReturnType<typeof wantedStep>>, SignInNotice>> = {
  passkey: {
    title: 'The agent asks for a passkey',
    text: 'A password is not enough for what you are about to do there.',
  },
  second_step: {
    title: 'The agent asks for your second step',
    text: 'Sign in with a passkey, or with your password and the code of your authenticator app.',
  },
}

export function loader(args: Route.LoaderArgs) {
  const { viewer, returnTo, searchParams } = accountRequest(args)
  const isDemanded = demandsSignIn(returnTo)
  const choosesAccount = asksForAccount(returnTo)
  if (viewer !== undefined && !isDemanded && !choosesAccount) throw redirect(returnTo)
  // A new sign-in that is demanded is also a choice.
  const present = viewer !== undefined && !isDemanded ? { name: viewer.name, email: viewer.email } : undefined
  const name = searchParams.get('notice') ?? ''
  const { search } = new URL(args.request.url)
  const wanted = wantedStep(returnTo)
  const notice = Object.hasOwn(notices, name) ? notices[name] : wanted && stepNotices[wanted]
  return { returnTo, search, present, notice }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller, returnTo } = accountRequest(args)
  const form = await args.request.formData()
  const email = textOf(form, 'email')
  const trustsNoBrowser = wantedStep(returnTo) !== undefined
  const result = await account.signIn(caller, { email, password: textOf(form, 'password'), trustsNoBrowser })
  switch (result.kind) {
    case 'signed_in':
      return redirect(afterForm(returnTo), { status: 303, headers: cookieHeaders(result.cookies) })
    case 'second_factor':
      // With the whole query: it may hold an agent's sign-in, which is too long for a returnTo.
      return redirect(`/sign-in/two-factor${new URL(args.request.url).search}`, {
        status: 303,
        headers: cookieHeaders(result.cookies),
      })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { email, refusal: undefined })
    case 'suspended':
    case 'leaving':
      return data({ email, refusal: result.kind, waitSeconds: undefined }, { status: 403 })
    case 'invalid_credentials':
      return data({ email, refusal: result.kind, waitSeconds: undefined }, { status: 400 })
  }
}

const mismatch: FieldError = {
  message: 'Address and password don’t belong together.',
  remedy: 'Check both, or choose a new password below.',
}

export default function SignIn({
  loaderData: { returnTo, search, present, notice },
  actionData,
}: Route.ComponentProps) {
  const errors = { password: actionData?.refusal === 'invalid_credentials' ? mismatch : undefined }
  return (
    <AccessPage
      title={present === undefined ? 'Sign in' : 'Who goes on?'}
      state={actionData && 'error'}
      footer={
        <p>
          New here? <TextLink href={withReturnTo('/sign-up', returnTo)}>Create an account</TextLink>
        </p>
      }
    >
      {notice !== undefined && actionData === undefined && (
        <Notice tone={notice.tone ?? 'good'} title={notice.title}>
          {notice.text}
        </Notice>
      )}
      {present !== undefined && (
        <div className="flex flex-col gap-12 wrap-anywhere">
          <p>
            You are signed in as {present.name} ({present.email}).
          </p>
          <ButtonLink href={asPresentPerson(returnTo)}>Continue as {present.name}</ButtonLink>
          <p className="text-muted">Or sign in as somebody else:</p>
        </div>
      )}
      {actionData?.refusal === 'suspended' && (
        <Notice tone="bad" role="alert" title="This account is suspended">
          What it holds is kept. The operator of this marketplace can say why, and lift it.
        </Notice>
      )}
      {actionData?.refusal === 'leaving' && (
        <Notice tone="bad" role="alert" title="This account is being deleted">
          Nobody can sign in to it any more. A mail says when it is done; the address is free again then.
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <TooOften seconds={actionData?.waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-16">
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={actionData?.email}
          required
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          error={errors.password}
          required
        />
        <Button>Sign in</Button>
      </form>
      <PasskeyForm search={search} />
      <p className="text-14">
        <TextLink href={withReturnTo('/forgot-password', returnTo)}>Password forgotten?</TextLink>
      </p>
    </AccessPage>
  )
}

const PasskeyForm = ({ search }: { search: string }) => (
  <>
    <form
      method="post"
      action={`/sign-in/passkey${search}`}
      hidden
      data-passkey="get"
      data-options="/sign-in/passkey"
      data-cancelled="No passkey was used. Press the button to try again, or use the password."
    >
      <div className="flex flex-col gap-8">
        <input type="hidden" name="credential" value="" />
        <Button kind="secondary">Sign in with a passkey</Button>
        <p role="alert" className="text-14 text-red empty:hidden" />
      </div>
    </form>
    <PasskeyScript />
  </>
)
