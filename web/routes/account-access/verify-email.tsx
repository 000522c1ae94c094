import { data, redirect } from 'react-router'
import { withReturnTo } from '../../return-to.ts'
import { TooOften } from './too-often.tsx'
import { AccessPage } from './access-page.tsx'
import { accountHeaders, accountRequest, cookieHeaders, rateLimited, textOf } from './account-request.ts'
import { Confirmed, ConfirmForm, DeadLink, Sent, Unconfirmed } from './verify-email-states.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/verify-email.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

/** With a token: what became of it. Without: that a link was sent, or the form that sends one. */
export async function loader(args: Route.LoaderArgs) {
  const { account, caller, viewer, site, searchParams, returnTo } = accountRequest(args)
  const page = {
    viewerEmail: viewer?.email,
    isViewerVerified: viewer?.emailVerified ?? false,
    isDemo: site.showsDevPages,
    returnTo,
  }
  const token = searchParams.get('token')
  if (token === null) {
    if (viewer?.emailVerified === true) return { ...page, state: 'already_verified' as const, email: viewer.email }
    return { ...page, state: searchParams.has('sent') ? ('sent' as const) : ('unconfirmed' as const), email: undefined }
  }
  const result = await account.verifyEmail(caller, { token, isConfirmed: false })
  switch (result.kind) {
    case 'verified':
      return data({ ...page, state: result.kind, email: result.email }, { headers: cookieHeaders(result.cookies) })
    case 'already_verified':
    case 'needs_confirmation':
      return { ...page, state: result.kind, email: result.email }
    case 'link_expired':
    case 'link_unknown':
      return data({ ...page, state: result.kind, email: undefined }, { status: 410 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { ...page, state: result.kind, email: undefined })
  }
}

/** `confirm` uses the link; anything else sends a new one. */
export async function action(args: Route.ActionArgs) {
  const form = await args.request.formData()
  return textOf(form, 'intent') === 'confirm' ? confirm(args) : sendAgain(args, form)
}

async function confirm(args: Route.ActionArgs) {
  const { account, caller, searchParams } = accountRequest(args)
  const result = await account.verifyEmail(caller, { token: searchParams.get('token') ?? '', isConfirmed: true })
  const shown = { typed: '', problem: undefined }
  switch (result.kind) {
    case 'verified':
      return data({ ...shown, state: result.kind, email: result.email }, { headers: cookieHeaders(result.cookies) })
    case 'already_verified':
    case 'needs_confirmation':
      return data({ ...shown, state: result.kind, email: result.email })
    case 'link_expired':
    case 'link_unknown':
      return data({ ...shown, state: result.kind, email: undefined }, { status: 410 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { ...shown, state: result.kind, email: undefined })
  }
}

async function sendAgain(args: Route.ActionArgs, form: FormData) {
  const { account, caller, viewer, returnTo } = accountRequest(args)
  const typed = textOf(form, 'email')
  const result = await account.requestVerification(caller, viewer?.email ?? typed)
  const shown = { state: 'unconfirmed' as const, email: undefined, typed }
  switch (result.kind) {
    case 'sent':
      return redirect(withReturnTo('/verify-email?sent', returnTo), 303)
    case 'invalid':
      return data({ ...shown, problem: result.problem }, { status: 400 })
    case 'rate_limited':
      return rateLimited(result.retryAfterSeconds, { ...shown, problem: undefined })
  }
}

export default function VerifyEmail({ loaderData, actionData }: Route.ComponentProps) {
  const { viewerEmail, isViewerVerified, isDemo, returnTo } = loaderData
  const { state, email } = actionData ?? loaderData
  const resend = {
    viewerEmail,
    returnTo,
    typed: actionData?.typed ?? '',
    problem: actionData?.problem,
    waitSeconds: waitOf(actionData),
  }
  switch (state) {
    case 'verified':
    case 'already_verified':
      return <Confirmed isNew={state === 'verified'} email={email ?? ''} isSignedIn={viewerEmail !== undefined} />
    case 'needs_confirmation':
      return <ConfirmForm email={email ?? ''} />
    case 'link_expired':
    case 'link_unknown':
      return <DeadLink isExpired={state === 'link_expired'} isViewerVerified={isViewerVerified} resend={resend} />
    case 'sent':
      return <Sent isDemo={isDemo} resend={resend} />
    case 'unconfirmed':
      return <Unconfirmed resend={resend} />
    case 'rate_limited':
      return (
        <AccessPage title="Confirm your address" state="error">
          <TooOften seconds={waitOf(actionData) ?? waitOf(loaderData)} />
        </AccessPage>
      )
  }
}

const waitOf = (shown: object | undefined): number | undefined =>
  shown !== undefined && 'waitSeconds' in shown ? Number(shown.waitSeconds) : undefined
