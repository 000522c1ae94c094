import { data, redirect } from 'react-router'
import type { ConsentRequest } from '#src/identity/index.ts'
import type { RouteHandle } from '../../root.tsx'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { AskedScopes } from './asked-scopes.tsx'
import { HandOver } from './hand-over.tsx'
import type { Route } from './+types/consent.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer, returnTo } = accountRequest(args)
  const { services } = args.context.get(webContext)
  const asked = await services.oauth.readConsentRequest(new URL(args.request.url).search.slice(1))
  if (asked.kind === 'expired') return data({ asked, viewerEmail: undefined }, { status: 410 })
  // Signed out meanwhile: the request starts again, and asks for a sign-in first.
  if (viewer === undefined) throw redirect(withReturnTo('/sign-in', returnTo))
  return data({ asked, viewerEmail: viewer.email })
}

/** Anything but "allow" refuses. */
export async function action(args: Route.ActionArgs) {
  const { caller, viewer, returnTo } = accountRequest(args)
  if (viewer === undefined) throw redirect(withReturnTo('/sign-in', returnTo), 303)
  const { services } = args.context.get(webContext)
  const form = await args.request.formData()
  const query = new URL(args.request.url).search.slice(1)
  const answer = await services.oauth.answerConsent(caller, { query, isAllowed: textOf(form, 'decision') === 'allow' })
  if (answer.kind === 'expired') return data(answer, { status: 410 })
  return data(answer)
}

export default function Consent({ loaderData: { asked, viewerEmail }, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'answered') return <HandOver url={actionData.url} name={actionData.agent?.name} />
  if (actionData?.kind === 'expired') return <Expired restart={actionData.restart} />
  if (asked.kind === 'expired') return <Expired restart={asked.restart} />
  return <Asked asked={asked} viewerEmail={viewerEmail ?? ''} />
}

const Expired = ({ restart }: { restart: string }) => (
  <AccessPage
    title="This request is too old"
    intro="Nothing was allowed. Ask the agent again, or start anew from here."
    state="error"
    action={<ButtonLink href={restart}>Start again</ButtonLink>}
  />
)

interface AskedProps {
  readonly asked: Extract<ConsentRequest, { kind: 'asked' }>
  readonly viewerEmail: string
}

function Asked({ asked: { agent, scopes, returnsTo }, viewerEmail }: AskedProps) {
  return (
    <AccessPage
      title={`Sign in to ${agent.name}?`}
      intro={<>You are signed in as {viewerEmail}.</>}
      footer={
        <p>
          Not you? <TextLink href="/sign-out">Sign out</TextLink>
        </p>
      }
    >
      <AskedScopes agent={agent} scopes={scopes} />
      <p className="text-14 text-muted wrap-anywhere">
        You go back to {returnsTo}. It is remembered, and you can disconnect the agent at any time.
      </p>
      <form method="post" className="flex flex-wrap gap-12">
        <Button name="decision" value="allow">
          Allow
        </Button>
        <Button name="decision" value="deny" kind="secondary">
          Don’t allow
        </Button>
      </form>
    </AccessPage>
  )
}
