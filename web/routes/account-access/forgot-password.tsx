import { data, redirect } from 'react-router'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, rateLimited, textOf } from './account-request.ts'
import { emailErrors } from './account-words.ts'
import { DemoMailHint } from './demo-mail-hint.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { TooOften } from './too-often.tsx'
import { TextLink } from './text-link.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/forgot-password.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

export function loader(args: Route.LoaderArgs) {
  const { viewer, site, searchParams, returnTo } = accountRequest(args)
  return {
    isSent: searchParams.has('sent'),
    isDemo: site.showsDevPages,
    email: viewer?.email,
    signInHref: withReturnTo('/sign-in', returnTo),
  }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller, returnTo } = accountRequest(args)
  const email = textOf(await args.request.formData(), 'email')
  const result = await account.requestPasswordReset(caller, email)
  switch (result.kind) {
    case 'sent':
      return redirect(withReturnTo('/forgot-password?sent', returnTo), 303)
    case 'invalid':
      return data({ email, problem: result.problem, waitSeconds: undefined }, { status: 400 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { email, problem: undefined })
  }
}

export default function ForgotPassword({ loaderData, actionData }: Route.ComponentProps) {
  const { isSent, isDemo, email, signInHref } = loaderData
  if (isSent && actionData === undefined) {
    return (
      <AccessPage
        title="Look into your mail"
        intro="If the address has an account, a link to choose a new password is on its way."
        state="done"
        footer={
          <p>
            Nothing after a few minutes? <TextLink href="/forgot-password">Try another address</TextLink>
          </p>
        }
      >
        <p>The link works once, for 60 minutes. Your password stays as it is until you use it.</p>
        <DemoMailHint isDemo={isDemo} />
        <ButtonLink kind="secondary" href={signInHref}>
          Back to sign in
        </ButtonLink>
      </AccessPage>
    )
  }
  const errors = { email: actionData?.problem && emailErrors[actionData.problem] }
  return (
    <AccessPage
      title="Choose a new password"
      intro="A link comes by mail. Your password stays as it is until you use it."
      state={actionData && 'error'}
      footer={
        <p>
          Remembered it? <TextLink href={signInHref}>Sign in</TextLink>
        </p>
      }
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={actionData?.waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-16">
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={actionData?.email ?? email}
          error={errors.email}
          required
        />
        <Button>Send the link</Button>
      </form>
    </AccessPage>
  )
}
