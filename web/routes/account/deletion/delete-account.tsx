import Trash2 from 'lucide-react/icons/trash-2'
import { data, redirect } from 'react-router'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { accountHeaders, cookieHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, FormColumn } from '../account-page.tsx'
import { CurrentPassword, wrongPassword } from '../current-password.tsx'
import { personRequest } from '../person-request.ts'
import { Obstacles } from './obstacles.tsx'
import { WhatGoes } from './what-goes.tsx'
import type { Route } from './+types/delete-account.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller } = personRequest(args)
  return people.deletionPreflight(caller)
}

type Problem = 'email' | 'password' | 'blocked' | 'sign_in'

export async function action(args: Route.ActionArgs) {
  const { people, account, caller } = personRequest(args)
  const form = await args.request.formData()
  if (textOf(form, 'intent') === 'sign-in-again') {
    const cookies = await account.signOut(caller)
    return redirect('/sign-in?returnTo=/account/delete', { status: 303, headers: cookieHeaders(cookies) })
  }
  const email = textOf(form, 'email')
  const result = await people.deleteAccount(caller, { email, password: textOf(form, 'password') })
  switch (result.kind) {
    case 'confirmed':
      return redirect('/account/deleted', { status: 303, headers: cookieHeaders(result.cookies) })
    case 'wrong_email':
      return refused({ email, problem: 'email', status: 400 })
    case 'wrong_password':
      return refused({ email, problem: 'password', status: 400 })
    case 'blocked':
      return refused({ email, problem: 'blocked', status: 409 })
    case 'sign_in_first':
      return refused({ email, problem: 'sign_in', status: 403 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { email, problem: undefined })
  }
}

const refused = ({ status, ...shown }: { email: string; problem: Problem; status: number }) =>
  data({ ...shown, waitSeconds: undefined }, { status })

const wrongEmail: FieldError = {
  message: 'This is not the address of the account.',
  remedy: 'Type it as it stands above. Nothing was deleted.',
}

export default function DeleteAccount({ loaderData: preflight, actionData }: Route.ComponentProps) {
  const problem = actionData?.problem
  const errors = {
    email: problem === 'email' ? wrongEmail : undefined,
    password: problem === 'password' ? wrongPassword : undefined,
  }
  const isBlocked = preflight.obstacles.length > 0
  return (
    <AccountPage title="Delete your account" current="/account/export" hasErrors={actionData !== undefined}>
      {problem === 'blocked' && (
        <Notice tone="bad" role="alert" title="Nothing was deleted">
          Something came in the way in the meantime.
        </Notice>
      )}
      <ErrorSummary errors={errors} />
      <TooOften seconds={actionData?.waitSeconds} />
      {isBlocked && <Obstacles obstacles={preflight.obstacles} />}
      <WhatGoes {...preflight} />
      {!isBlocked && (
        <Card className="flex max-w-prose flex-col gap-16">
          <div className="flex flex-col gap-4">
            <h2 className="text-18 font-medium">For good</h2>
            <p className="text-muted wrap-anywhere">
              This deletes the account of <strong className="font-medium text-ink">{preflight.email}</strong>. Nobody
              can bring it back.
            </p>
          </div>
          {preflight.proof === 'sign_in' ? (
            <SignInAgain />
          ) : (
            <Confirm typed={actionData?.email} errors={errors} needsPassword={preflight.proof === 'password'} />
          )}
        </Card>
      )}
    </AccountPage>
  )
}

interface ConfirmProps {
  readonly typed: string | undefined
  readonly errors: { readonly email: FieldError | undefined; readonly password: FieldError | undefined }
  readonly needsPassword: boolean
}

const Confirm = ({ typed, errors, needsPassword }: ConfirmProps) => (
  <form method="post" noValidate>
    <FormColumn>
      <TextField
        label="Type your e-mail address"
        name="email"
        type="email"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={typed}
        error={errors.email}
        required
      />
      {needsPassword && <CurrentPassword error={errors.password} />}
      <div className="flex flex-wrap gap-12">
        <Button kind="danger" icon={Trash2}>
          Delete my account
        </Button>
        <ButtonLink kind="secondary" href="/account">
          Keep it
        </ButtonLink>
      </div>
    </FormColumn>
  </form>
)

/** For people without a password, whose last sign-in is too long ago to count. */
const SignInAgain = () => (
  <form method="post" className="flex flex-col items-start gap-16">
    <input type="hidden" name="intent" value="sign-in-again" />
    <p className="text-muted">
      You have no password here, so what shows that it is you is signing in. Do it once more; it leads back to this
      page, and for ten minutes nothing else is asked.
    </p>
    <Button>Sign in again</Button>
  </form>
)
