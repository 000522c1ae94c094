import { data, redirect } from 'react-router'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { type FieldError, TextField } from '../../ui/field.tsx'
import { afterForm } from '../oauth/authorize-request.ts'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders, rateLimited, textOf } from './account-request.ts'
import { ErrorSummary } from './error-summary.tsx'
import { TextLink } from './text-link.tsx'
import { TooOften } from './too-often.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/two-factor.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

export function loader(args: Route.LoaderArgs) {
  const { searchParams } = accountRequest(args)
  const isRecovery = searchParams.has('recovery')
  const other = new URLSearchParams(searchParams)
  if (isRecovery) other.delete('recovery')
  else other.set('recovery', '')
  return { isRecovery, otherHref: `/sign-in/two-factor?${other}` }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller, searchParams, returnTo } = accountRequest(args)
  const form = await args.request.formData()
  const result = await account.passSecondFactor(caller, {
    code: textOf(form, 'code'),
    kind: searchParams.has('recovery') ? 'recovery' : 'authenticator',
    trustsDevice: form.has('trust'),
  })
  switch (result.kind) {
    case 'signed_in':
      return redirect(afterForm(returnTo), { status: 303, headers: cookieHeaders(result.cookies) })
    case 'start_again': {
      const query = new URLSearchParams(searchParams)
      query.delete('recovery')
      query.set('notice', 'start-again')
      return redirect(`/sign-in?${query}`, 303)
    }
    case 'wrong_code':
      return data({ isWrong: true, waitSeconds: undefined }, { status: 400 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { isWrong: false })
  }
}

const wrongCode: FieldError = { message: 'This code does not fit.', remedy: 'Wait for the next one and enter that.' }
const wrongRecoveryCode: FieldError = { message: 'This is none of your unused codes.', remedy: 'Each works once.' }

export default function TwoFactor({ loaderData: { isRecovery, otherHref }, actionData }: Route.ComponentProps) {
  const error = isRecovery ? wrongRecoveryCode : wrongCode
  const errors = { code: actionData?.isWrong === true ? error : undefined }
  return (
    <AccessPage
      title={isRecovery ? 'Use a recovery code' : 'Enter the code'}
      intro={isRecovery ? 'One of the ten you kept. It works once.' : 'Your authenticator app shows it.'}
      state={actionData && 'error'}
      footer={
        <p>
          <TextLink href={otherHref}>{isRecovery ? 'Use the authenticator app' : 'Use a recovery code'}</TextLink>
        </p>
      }
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={actionData?.waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-16">
        {isRecovery ? (
          <TextField
            label="Recovery code"
            name="code"
            autoComplete="off"
            autoCapitalize="none"
            error={errors.code}
            required
          />
        ) : (
          <TextField
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            error={errors.code}
            required
          />
        )}
        <Checkbox name="trust" label="Don’t ask on this device for 30 days" />
        <Button>Sign in</Button>
      </form>
    </AccessPage>
  )
}
