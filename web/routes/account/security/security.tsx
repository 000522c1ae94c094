import { data, redirect } from 'react-router'
import { accountHeaders, cookieHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { passwordErrors } from '../../account-access/account-words.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, noticeOf } from '../account-page.tsx'
import { wrongPassword } from '../current-password.tsx'
import { personRequest } from '../person-request.ts'
import { PasswordSection } from './password-section.tsx'
import { TwoFactorSection } from './two-factor-section.tsx'
import type { Route } from './+types/security.ts'

export const headers = accountHeaders

const notices = {
  'two-factor-off': { title: 'The second step is off', text: 'Signing in takes the password alone.' },
  'password-changed': { title: 'Your password is changed', text: 'Every other device is signed out.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, searchParams } = personRequest(args)
  return { profile: await people.profile(caller), notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  const form = await args.request.formData()
  const result = await people.changePassword(caller, {
    password: textOf(form, 'password'),
    newPassword: textOf(form, 'newPassword'),
  })
  switch (result.kind) {
    case 'changed':
      return redirect('/account/security?notice=password-changed', {
        status: 303,
        headers: cookieHeaders(result.cookies),
      })
    case 'wrong_password':
      return data({ errors: { password: wrongPassword }, waitSeconds: undefined }, { status: 400 })
    case 'invalid':
      return data(
        { errors: { newPassword: newPasswordErrors[result.problem] }, waitSeconds: undefined },
        { status: 400 },
      )
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { errors: {} })
  }
}

const newPasswordErrors = {
  ...passwordErrors,
  unchanged: { message: 'This is the password you have.', remedy: 'Choose another one.' },
}

export default function Security({ loaderData: { profile, notice }, actionData }: Route.ComponentProps) {
  const errors: { readonly password?: typeof wrongPassword; readonly newPassword?: typeof wrongPassword } =
    actionData?.errors ?? {}
  return (
    <AccountPage title="Security" current="/account/security" notice={notice} hasErrors={actionData !== undefined}>
      <ErrorSummary errors={{ password: errors.password, newPassword: errors.newPassword }} />
      <TooOften seconds={actionData?.waitSeconds} />
      <PasswordSection email={profile.email} errors={errors} />
      <TwoFactorSection isOn={profile.hasTwoFactor} />
    </AccountPage>
  )
}
