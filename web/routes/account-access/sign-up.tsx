import { data, redirect } from 'react-router'
import type { FieldProblems } from '#src/identity/index.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders, rateLimited, textOf } from './account-request.ts'
import { emailErrors, nameErrors, passwordErrors } from './account-words.ts'
import { ErrorSummary } from './error-summary.tsx'
import { TooOften } from './too-often.tsx'
import { TextLink } from './text-link.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/sign-up.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

export function loader(args: Route.LoaderArgs) {
  const { viewer, returnTo } = accountRequest(args)
  if (viewer !== undefined) throw redirect(returnTo)
  return { returnTo }
}

export async function action(args: Route.ActionArgs) {
  const { account, caller, returnTo } = accountRequest(args)
  const form = await args.request.formData()
  const kept = { name: textOf(form, 'name'), email: textOf(form, 'email') }
  const result = await account.signUp(caller, { ...kept, password: textOf(form, 'password') })
  switch (result.kind) {
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { kept, problems: noProblems })
    case 'invalid':
      return data({ kept, problems: result.problems, waitSeconds: undefined }, { status: 400 })
    case 'done':
      // The same way on for a new and for a taken address.
      return redirect(withReturnTo('/verify-email?sent', returnTo), {
        status: 303,
        headers: cookieHeaders(result.cookies),
      })
  }
}

const noProblems: FieldProblems = {}

export default function SignUp({ loaderData: { returnTo }, actionData }: Route.ComponentProps) {
  const { name, email, password } = actionData?.problems ?? {}
  const errors = {
    name: name && nameErrors[name],
    email: email && emailErrors[email],
    password: password && passwordErrors[password],
  }
  return (
    <AccessPage
      title="Create your account"
      intro="One account for every agent in the market."
      state={actionData && 'error'}
      footer={
        <p>
          Already have one? <TextLink href={withReturnTo('/sign-in', returnTo)}>Sign in</TextLink>
        </p>
      }
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={actionData?.waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-16">
        <TextField
          label="Name"
          name="name"
          autoComplete="name"
          defaultValue={actionData?.kept.name}
          error={errors.name}
          required
        />
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="email"
          hint="A link to confirm it comes by mail."
          defaultValue={actionData?.kept.email}
          error={errors.email}
          required
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words are easier to remember than a code."
          error={errors.password}
          required
        />
        <Button>Create account</Button>
      </form>
    </AccessPage>
  )
}
