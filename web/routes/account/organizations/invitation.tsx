import { data, redirect } from 'react-router'
import type { OrganizationServices } from '#src/identity/index.ts'
import { withReturnTo } from '../../../return-to.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { AccessPage } from '../../account-access/access-page.tsx'
import { accountHeaders, accountRequest, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { TooOften } from '../../account-access/too-often.tsx'
import { personRequest } from '../person-request.ts'
import { roleNames } from './role-words.ts'
import type { Route } from './+types/invitation.ts'

export const headers = accountHeaders

type State = Awaited<ReturnType<OrganizationServices['readInvitation']>>

const statuses: Readonly<Partial<Record<State['kind'], number>>> = {
  unknown: 404,
  expired: 410,
  withdrawn: 410,
  declined: 410,
  wrong_account: 403,
  rate_limited: 429,
}

export async function loader(args: Route.LoaderArgs) {
  const { organizations, caller, viewer } = accountRequest(args)
  const state = await organizations.readInvitation(caller, args.params.id)
  const here = `/invitations/${encodeURIComponent(args.params.id)}`
  return data({ state, here, email: viewer?.email }, { status: statuses[state.kind] ?? 200 })
}

export async function action(args: Route.ActionArgs) {
  const { organizations, caller } = personRequest(args)
  const form = await args.request.formData()
  const accepts = textOf(form, 'intent') === 'accept'
  const result = await organizations.answerInvitation(caller, { invitationId: args.params.id, accepts })
  switch (result.kind) {
    case 'joined':
      return redirect(`/account/organizations/${result.slug}?notice=joined`, 303)
    case 'full':
      return data({ isFull: true }, { status: 409 })
    case 'declined':
    case 'refused':
      // The page says what became of it.
      return redirect(`/invitations/${encodeURIComponent(args.params.id)}`, 303)
  }
}

export default function InvitationPage({ loaderData, actionData }: Route.ComponentProps) {
  const { state, here, email } = loaderData
  switch (state.kind) {
    case 'open':
      return <OpenInvitation state={state} isFull={actionData?.isFull === true} />
    case 'needs_sign_in':
      return (
        <AccessPage
          title={`Join ${state.organization}`}
          intro="Sign in with the address that the invitation was sent to."
          action={<ButtonLink href={withReturnTo('/sign-in', here)}>Sign in</ButtonLink>}
          footer={
            <p>
              New here? <TextLink href={withReturnTo('/sign-up', here)}>Create an account</TextLink>
            </p>
          }
        />
      )
    case 'wrong_account':
      return (
        <AccessPage
          title="This invitation is for another account"
          intro={
            <>
              It was sent to {state.invited}; you are signed in as {email}. Switch the account, or ask for an invitation
              to this one.
            </>
          }
        >
          <form method="post" action="/sign-out" className="flex flex-col">
            <Button kind="secondary">Sign out and switch</Button>
          </form>
        </AccessPage>
      )
    case 'unverified':
      return (
        <AccessPage
          title={`Join ${state.organization}`}
          intro="Confirm your address first, so that nobody joins in your name."
          action={<ButtonLink href={withReturnTo('/verify-email', here)}>Send a new link</ButtonLink>}
        />
      )
    case 'already_member':
      return (
        <AccessPage
          title={`You belong to ${state.organization}`}
          intro="There is nothing left to accept."
          state="done"
          action={<ButtonLink href={`/account/organizations/${state.slug}`}>Open the organization</ButtonLink>}
        />
      )
    case 'rate_limited':
      return (
        <AccessPage title="Invitation">
          <TooOften seconds={state.retryAfterSeconds} />
        </AccessPage>
      )
    default:
      return <AccessPage {...closed[state.kind]} action={<ButtonLink href="/agents">Browse the agents</ButtonLink>} />
  }
}

const askAgain = 'If you still want to join, ask whoever invited you to send a new one.'
const closed = {
  expired: { title: 'This invitation has expired', intro: `Invitations can be accepted for seven days. ${askAgain}` },
  withdrawn: { title: 'This invitation was withdrawn', intro: askAgain },
  declined: { title: 'This invitation was declined', intro: askAgain },
  accepted: { title: 'This invitation was accepted already', intro: 'Each invitation works once.' },
  unknown: { title: 'There is no such invitation', intro: 'The link may have been cut off in the mail.' },
}

interface OpenInvitationProps {
  readonly state: Extract<State, { kind: 'open' }>
  readonly isFull: boolean
}

const OpenInvitation = ({ state, isFull }: OpenInvitationProps) => (
  <AccessPage title={`Join ${state.organization}`} intro={<>As {roleNames[state.role].toLowerCase()}.</>}>
    {isFull && (
      <Notice tone="bad" role="alert" title="The organization is full">
        It has as many members as one may have. The invitation stays open.
      </Notice>
    )}
    <p>Its other members will see your name and your e-mail address.</p>
    <form method="post" className="flex flex-col gap-12">
      <Button name="intent" value="accept">
        Join
      </Button>
      <Button kind="secondary" name="intent" value="decline">
        Decline
      </Button>
    </form>
  </AccessPage>
)
