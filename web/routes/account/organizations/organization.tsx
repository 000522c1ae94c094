import { data, redirect } from 'react-router'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { accountHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { emailErrors } from '../../account-access/account-words.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { Invitations } from './invitations.tsx'
import { Members } from './members.tsx'
import { roleNames, roleOptions } from './role-words.ts'
import type { Route } from './+types/organization.ts'

export const headers = accountHeaders

const notices = {
  created: { title: 'The organization is made', text: 'You are its owner. Invite those you work with.' },
  joined: { title: 'Welcome', text: 'You belong to this organization now.' },
  invited: { title: 'The invitation is on its way' },
  withdrawn: { title: 'The invitation is withdrawn', text: 'Its link opens nothing any more.' },
  changed: { title: 'The role is changed', text: 'It counts from their next click on.' },
  removed: { title: 'The member is removed', text: 'The organization is closed to them from their next click on.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { organizations, caller, searchParams } = personRequest(args)
  const organization = await organizations.find(caller, args.params.org)
  // The same for one that doesn't exist as for one that is not theirs.
  if (organization === undefined) throw data(null, { status: 404 })
  return { organization, now: Date.now(), notice: noticeOf(notices, searchParams) }
}

type Refusal = 'forbidden' | 'last_owner' | 'gone'

interface Answer {
  readonly email?: string
  readonly error?: FieldError
  readonly refusal?: Refusal
  readonly waitSeconds?: number
}

export async function action(args: Route.ActionArgs) {
  const { organizations, caller } = personRequest(args)
  const form = await args.request.formData()
  const slug = args.params.org
  const memberId = textOf(form, 'member')
  switch (textOf(form, 'intent')) {
    case 'invite':
      return invite(args, { email: textOf(form, 'email'), role: textOf(form, 'role') })
    case 'withdraw': {
      const { kind } = await organizations.withdraw(caller, slug, textOf(form, 'invitation'))
      return kind === 'withdrawn' ? done(slug, 'withdrawn') : refused('forbidden')
    }
    case 'role': {
      const { kind } = await organizations.changeRole(caller, { slug, memberId, role: textOf(form, 'role') })
      return kind === 'done' ? done(slug, 'changed') : refused(kind)
    }
    case 'remove': {
      const { kind } = await organizations.removeMember(caller, { slug, memberId })
      return kind === 'done' ? done(slug, 'removed') : refused(kind)
    }
    case 'leave': {
      const { kind } = await organizations.leave(caller, slug)
      return kind === 'done' ? redirect('/account/organizations?notice=left', 303) : refused(kind)
    }
    default:
      throw data(null, { status: 400 })
  }
}

const done = (slug: string, notice: keyof typeof notices) =>
  redirect(`/account/organizations/${slug}?notice=${notice}`, 303)

const refused = (refusal: Refusal) => data<Answer>({ refusal }, { status: refusal === 'forbidden' ? 403 : 409 })

async function invite(args: Route.ActionArgs, form: { email: string; role: string }) {
  const { organizations, caller } = personRequest(args)
  const { email } = form
  const result = await organizations.invite(caller, args.params.org, form)
  switch (result.kind) {
    case 'invited':
      return done(args.params.org, 'invited')
    case 'invalid':
      return data<Answer>({ email, error: inviteErrors[result.problem] }, { status: 400 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { email } as Answer)
    case 'unverified':
    case 'forbidden':
      return refused('forbidden')
  }
}

const inviteErrors = {
  ...emailErrors,
  member: { message: 'This person belongs to the organization already.', remedy: 'Change their role above.' },
  too_many: { message: 'Fifty invitations are open.', remedy: 'Withdraw one that nobody answers.' },
}

const refusals: Readonly<Record<Refusal, { readonly title: string; readonly text: string }>> = {
  forbidden: { title: 'Your role does not allow this', text: 'Nothing was changed. An owner can do it.' },
  last_owner: {
    title: 'An organization needs an owner',
    text: 'Nothing was changed. Make somebody else an owner first.',
  },
  gone: { title: 'This member is gone already', text: 'Somebody else removed them in the meantime.' },
}

export default function OrganizationPage({ loaderData, actionData }: Route.ComponentProps) {
  const { organization, now, notice } = loaderData
  const answer: Answer = actionData ?? {}
  return (
    <AccountPage
      title={organization.name}
      current="/account/organizations"
      action={organization.role === 'member' ? undefined : <EarningsLink slug={organization.slug} />}
      notice={notice}
      hasErrors={actionData !== undefined}
    >
      {answer.refusal !== undefined && (
        <Notice tone="bad" role="alert" title={refusals[answer.refusal].title}>
          {refusals[answer.refusal].text}
        </Notice>
      )}
      <ErrorSummary errors={{ email: answer.error }} />
      <TooOften seconds={answer.waitSeconds} />
      <Section
        id="members"
        title="Members"
        intro={`You are ${roleNames[organization.role].toLowerCase()} of ${organization.name}.`}
      >
        <Members members={organization.members} assignableRoles={organization.assignableRoles} />
      </Section>
      {organization.role !== 'member' && (
        <Section id="invitations" title="Invitations" intro="Whoever is invited has seven days to accept.">
          <Invitations invitations={organization.invitations} now={now} />
          {organization.mayInvite ? (
            <InviteForm roles={organization.assignableRoles} typed={answer.email} error={answer.error} />
          ) : (
            <p className="text-muted">To invite others, confirm your own address first.</p>
          )}
        </Section>
      )}
      <Leave organization={organization} />
    </AccountPage>
  )
}

/** The last owner can't: they are told what comes first, before they press anything. */
function Leave({ organization: { role, members } }: Pick<Route.ComponentProps['loaderData'], 'organization'>) {
  const isLastOwner = role === 'owner' && members.filter((member) => member.role === 'owner').length === 1
  if (isLastOwner) {
    return (
      <Section
        id="leave"
        title="Leave"
        intro={
          members.length === 1
            ? 'You are alone in it, and an organization needs an owner. Invite somebody and make them owner to leave it to them.'
            : 'You are its only owner, and an organization needs one. Make another member owner first.'
        }
      />
    )
  }
  return (
    <Section id="leave" title="Leave" intro="It is closed to you from then on; the others keep it.">
      <form method="post">
        <input type="hidden" name="intent" value="leave" />
        <Button kind="danger">Leave this organization</Button>
      </form>
    </Section>
  )
}

const EarningsLink = ({ slug }: { slug: string }) => (
  <ButtonLink kind="secondary" size="console" href={`/publish/${slug}/earnings`}>
    Earnings
  </ButtonLink>
)

interface InviteFormProps {
  readonly roles: readonly (keyof typeof roleNames)[]
  readonly typed: string | undefined
  readonly error: FieldError | undefined
}

const InviteForm = ({ roles, typed, error }: InviteFormProps) => (
  <form method="post" noValidate>
    <FormColumn>
      <input type="hidden" name="intent" value="invite" />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="off"
        defaultValue={typed}
        error={error}
        required
      />
      <SelectField
        label="Role"
        name="role"
        options={roleOptions(roles)}
        hint="Admins manage agents and members; owners also owners."
      />
      <div>
        <Button>Send the invitation</Button>
      </div>
    </FormColumn>
  </form>
)
