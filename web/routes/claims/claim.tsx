import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, rateLimited, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { personRequest } from '../account/person-request.ts'
import { BackTo } from '../engagement/told-form.tsx'
import { OpenClaim } from './open-claim.tsx'
import { StartClaim } from './start-claim.tsx'
import type { Route } from './+types/claim.ts'

export const headers = accountHeaders

const pathOf = (slug: string): string => `/agents/${encodeURIComponent(slug)}/claim`

/** Somebody claims an entry for their organization: begins, puts a text where it has to stand, and has it looked for. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, organizations, caller, site } = personRequest(args)
  const { services } = args.context.get(webContext)
  const page = await services.claims.page({ slug: args.params.slug, viewer })
  if (page === undefined) throw data(null, { status: 404 })
  const { agent, claim } = page
  if (agent.slug !== args.params.slug) throw redirect(pathOf(agent.slug), 301)
  const managed = (await organizations.list(caller)).filter(({ role }) => role !== 'member')
  return { agent, claim, managed, isVerified: viewer.emailVerified, supportEmail: site.supportEmail, now: Date.now() }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { claims } = args.context.get(webContext).services
  const form = await args.request.formData()
  const { slug } = args.params
  const intent = textOf(form, 'intent')
  const outcome = await (intent === 'check'
    ? claims.check({ slug, viewer, typed: { method: textOf(form, 'method') } })
    : intent === 'withdraw'
      ? claims.withdraw({ slug, viewer })
      : claims.start({ slug, viewer, typed: { organization: textOf(form, 'organization') } }))
  const errors: Readonly<Record<string, string>> = {}
  const shown = { errors, waitSeconds: undefined as number | undefined, refusal: undefined as string | undefined }
  switch (outcome.kind) {
    case 'done':
      throw redirect(pathOf(slug), 303)
    case 'invalid':
      return data({ ...shown, errors: outcome.errors }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'refused':
      return data({ ...shown, refusal: outcome.detail ?? 'It can’t be done any more.' }, { status: 409 })
    case 'missing':
      throw data(null, { status: 404 })
  }
}

export default function ClaimEntry({ loaderData, actionData }: Route.ComponentProps) {
  const { agent, claim, managed, isVerified, supportEmail, now } = loaderData
  const { slug, name, target } = agent
  const footer = <BackTo slug={slug} name={name} />
  if (!agent.isUnclaimed) {
    return (
      <AccessPage
        title={`${name} has a publisher`}
        intro={
          agent.publisherName === null
            ? 'It can’t be claimed any more.'
            : `It is published by ${agent.publisherName}. If that is not right, report it to the operators.`
        }
        action={<ButtonLink href={`/agents/${slug}/report?reason=mine`}>Report {name}</ButtonLink>}
        footer={footer}
      />
    )
  }
  if (claim !== undefined && claim.state !== 'refused') {
    return <OpenClaim agent={agent} claim={claim} sent={actionData} now={now} />
  }
  if (target.kind !== 'host')
    return <NoProof agent={agent} host={target.kind === 'shared' ? target.host : ''} supportEmail={supportEmail} />
  if (!isVerified) {
    return (
      <AccessPage
        title="Confirm your address first"
        intro="The operators answer to it."
        action={<ButtonLink href={withReturnTo('/verify-email', pathOf(slug))}>Confirm your address</ButtonLink>}
        footer={footer}
      />
    )
  }
  if (managed.length === 0) {
    return (
      <AccessPage
        title="First, an organization"
        intro={`Agents belong to organizations here, so that more than one person can look after them. Make one for those who make ${name}, then come back to claim it.`}
        action={<ButtonLink href="/account/organizations/new">Make an organization</ButtonLink>}
        footer={footer}
      >
        <p className="text-14 text-muted">
          There is one already? Ask its owners to invite you as an admin; invitations come by mail.
        </p>
      </AccessPage>
    )
  }
  return <StartClaim agent={agent} host={target.host} managed={managed} refused={claim} sent={actionData} />
}

interface NoProofProps {
  readonly agent: { readonly slug: string; readonly name: string }
  /** Empty: the entry names none. */
  readonly host: string
  readonly supportEmail: string | undefined
}

/** Says which host would count, and what to do instead. */
const NoProof = ({ agent: { name, slug }, host, supportEmail }: NoProofProps) => (
  <AccessPage
    title={`${name} can’t be claimed by a proof`}
    intro={
      host === ''
        ? 'A claim is proven at the project’s homepage, and the entry names none with a name of its own.'
        : `A claim is proven at the host of the project’s homepage. That is ${host}, which many projects share: nobody can put a file at its root for one of them.`
    }
    action={<ButtonLink href={`/agents/${slug}/report?reason=mine`}>Write to the operators</ButtonLink>}
    footer={<BackTo slug={slug} name={name} />}
  >
    <p className="text-14 text-muted">
      Tell the operators who you are to the project, and how they can see it there. If the project has a homepage under
      its own name, say which: once the entry names it, the claim can be proven. You can also{' '}
      <TextLink href={`/agents/${slug}/removal`}>ask for the entry’s removal</TextLink>.
    </p>
    {supportEmail !== undefined && (
      <p className="text-14 text-muted wrap-anywhere">
        Or write to <TextLink href={`mailto:${supportEmail}`}>{supportEmail}</TextLink>.
      </p>
    )}
  </AccessPage>
)
