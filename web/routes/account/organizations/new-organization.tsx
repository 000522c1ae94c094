import { data, redirect } from 'react-router'
import { withReturnTo } from '../../../return-to.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { accountHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, FormColumn } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import type { Route } from './+types/new-organization.ts'

export const headers = accountHeaders

export function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  return { isVerified: viewer.emailVerified }
}

const nameErrors = {
  missing: { message: 'The name is missing.', remedy: 'Use the one that customers know.' },
  too_long: { message: 'The name is too long.', remedy: 'Use at most 80 characters.' },
  unprintable: { message: 'The name has characters that can’t be shown.', remedy: 'Type it instead of pasting it.' },
}
const slugErrors = {
  malformed: { message: 'This can’t be an address.', remedy: 'Use small letters, digits and single hyphens.' },
  taken: { message: 'Another organization has this address.', remedy: 'Choose another one.' },
}

interface Answer {
  readonly kept: { readonly name: string; readonly slug: string }
  readonly errors: { readonly name?: FieldError; readonly slug?: FieldError }
  readonly waitSeconds?: number
}

export async function action(args: Route.ActionArgs) {
  const { organizations, caller } = personRequest(args)
  const form = await args.request.formData()
  const kept = { name: textOf(form, 'name'), slug: textOf(form, 'slug') }
  const result = await organizations.create(caller, kept)
  switch (result.kind) {
    case 'created':
      return redirect(`/account/organizations/${result.slug}?notice=created`, 303)
    case 'unverified':
      return redirect('/account/organizations/new', 303)
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { kept, errors: {} } as Answer)
    case 'invalid': {
      const { name, slug } = result.problems
      const errors = { ...(name && { name: nameErrors[name] }), ...(slug && { slug: slugErrors[slug] }) }
      return data<Answer>({ kept, errors }, { status: 400 })
    }
  }
}

export default function NewOrganization({ loaderData: { isVerified }, actionData }: Route.ComponentProps) {
  const answer: Answer = actionData ?? { kept: { name: '', slug: '' }, errors: {} }
  return (
    <AccountPage title="New organization" current="/account/organizations" hasErrors={actionData !== undefined}>
      {isVerified ? (
        <FormColumn>
          <ErrorSummary errors={{ name: answer.errors.name, slug: answer.errors.slug }} />
          <TooOften seconds={answer.waitSeconds} />
          <form method="post" noValidate className="flex flex-col gap-16">
            <TextField
              label="Name"
              name="name"
              autoComplete="organization"
              hint="As customers shall read it."
              defaultValue={answer.kept.name}
              error={answer.errors.name}
              required
            />
            <TextField
              label="Address (optional)"
              name="slug"
              autoComplete="off"
              autoCapitalize="none"
              hint="The last part of its page’s address; made of the name if you leave it empty."
              defaultValue={answer.kept.slug}
              error={answer.errors.slug}
            />
            <div className="flex flex-wrap gap-12">
              <Button>Create organization</Button>
              <ButtonLink kind="secondary" href="/account/organizations">
                Back
              </ButtonLink>
            </div>
          </form>
        </FormColumn>
      ) : (
        <FormColumn>
          <Notice tone="warning" title="Confirm your address first">
            An organization speaks to others in your name, so your address has to be proven.
          </Notice>
          <div>
            <ButtonLink href={withReturnTo('/verify-email', '/account/organizations/new')}>Send a new link</ButtonLink>
          </div>
        </FormColumn>
      )}
    </AccountPage>
  )
}
