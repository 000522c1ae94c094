import { data, redirect } from 'react-router'
import type { FieldError } from '../../../ui/field.tsx'
import { accountHeaders, cookieHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { passwordErrors } from '../../account-access/account-words.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, noticeOf } from '../account-page.tsx'
import { wrongPassword } from '../current-password.tsx'
import { personRequest } from '../person-request.ts'
import { PasskeySection } from './passkey-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { TwoFactorSection } from './two-factor-section.tsx'
import type { Route } from './+types/security.ts'

export const headers = accountHeaders

const notices = {
  'passkey-added': { title: 'The passkey is added', text: 'You can sign in with it from now on.' },
  'passkey-renamed': { title: 'The passkey is renamed' },
  'passkey-removed': {
    title: 'The passkey is removed',
    text: 'It opens nothing any more; remove it on the device, too.',
  },
  'two-factor-off': { title: 'The second step is off', text: 'Signing in takes the password alone.' },
  'password-changed': { title: 'Your password is changed', text: 'Every other device is signed out.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, searchParams } = personRequest(args)
  const [profile, passkeys] = await Promise.all([people.profile(caller), people.passkeys(caller)])
  return { profile, passkeys, notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  const form = await args.request.formData()
  switch (textOf(form, 'intent')) {
    case 'add-passkey': {
      const made = { name: textOf(form, 'name'), credential: textOf(form, 'credential') }
      const { kind } = await people.addPasskey(caller, made)
      return kind === 'added'
        ? redirect('/account/security?notice=passkey-added', 303)
        : data({ errors: { passkey: passkeyFailed }, waitSeconds: undefined }, { status: 400 })
    }
    case 'rename-passkey':
      await people.renamePasskey(caller, { passkeyId: textOf(form, 'passkey'), name: textOf(form, 'name') })
      return redirect('/account/security?notice=passkey-renamed', 303)
    case 'remove-passkey':
      await people.removePasskey(caller, textOf(form, 'passkey'))
      return redirect('/account/security?notice=passkey-removed', 303)
    default:
      return changePassword(args, form)
  }
}

const passkeyFailed: FieldError = {
  message: 'No passkey was added.',
  remedy: 'It took too long, or the device did not ask for a finger, face or PIN. Try again.',
}

async function changePassword(args: Route.ActionArgs, form: FormData) {
  const { people, caller } = personRequest(args)
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

export default function Security({ loaderData: { profile, passkeys, notice }, actionData }: Route.ComponentProps) {
  const errors: Readonly<Partial<Record<'password' | 'newPassword' | 'passkey', FieldError>>> = actionData?.errors ?? {}
  return (
    <AccountPage title="Security" current="/account/security" notice={notice} hasErrors={actionData !== undefined}>
      <ErrorSummary
        errors={{ password: errors.password, newPassword: errors.newPassword, 'passkey-name': errors.passkey }}
      />
      <TooOften seconds={actionData?.waitSeconds} />
      <PasswordSection email={profile.email} errors={errors} />
      <TwoFactorSection isOn={profile.hasTwoFactor} />
      <PasskeySection passkeys={passkeys} needsPassword={profile.needsPassword} error={errors.passkey} />
    </AccountPage>
  )
}
