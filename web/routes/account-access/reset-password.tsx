import { data, redirect } from 'react-router'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, rateLimited, textOf } from './account-request.ts'
import { passwordErrors } from './account-words.ts'
import { ErrorSummary } from './error-summary.tsx'
import { TooOften } from './too-often.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/reset-password.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { account, caller, searchParams } = accountRequest(args)
  const link = await account.readResetLink(caller, searchParams.get('token') ?? '')
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
  const { account, caller, searchParams } = accountRequest(args)
  const password = textOf(await args.request.formData(), 'password')
  const result = await account.resetPassword(caller, { token: searchParams.get('token') ?? '', password })
  switch (result.kind) {
    case 'changed':
      return redirect('/sign-in?notice=password-changed', 303)
    case 'link_expired':
      return data({ problem: undefined, waitSeconds: undefined }, { status: 410 })
    case 'invalid':
      return data({ problem: result.problem, waitSeconds: undefined }, { status: 400 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { problem: undefined })
  }
}

export default function ResetPassword({ loaderData, actionData }: Route.ComponentProps) {
  const { email } = loaderData
  const waitSeconds = actionData?.waitSeconds ?? loaderData.waitSeconds
  if (email === undefined) return <ExpiredLink waitSeconds={waitSeconds} />
  const errors = { password: actionData?.problem && passwordErrors[actionData.problem] }
  return (
    <AccessPage
      title="Choose a new password"
      intro={<>For {email}. Every device will be signed out.</>}
      state={actionData && 'error'}
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-16">
        {/* Tells a password manager whose password this is. */}
        <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
        <TextField
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words are easier to remember than a code."
          error={errors.password}
          required
        />
        <Button>Change the password</Button>
      </form>
    </AccessPage>
  )
}

const ExpiredLink = ({ waitSeconds }: { waitSeconds: number | undefined }) =>
  waitSeconds === undefined ? (
    <AccessPage
      title="This link no longer works"
      intro="Links to choose a password work once, for 60 minutes. Your password is as it was."
      action={<ButtonLink href="/forgot-password">Send a new link</ButtonLink>}
    />
  ) : (
    <AccessPage title="Choose a new password">
      <TooOften seconds={waitSeconds} />
    </AccessPage>
  )
