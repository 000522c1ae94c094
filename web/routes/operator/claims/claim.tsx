import { data, redirect } from 'react-router'
import type { Claim } from '#src/features/claims/index.ts'
import { Breadcrumbs } from '../../../ui/breadcrumbs.tsx'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { FormColumn, Section } from '../../account/account-page.tsx'
import { Record } from '../../account/record.tsx'
import { asError } from '../../reviews/review-fields.tsx'
import { entryHref } from '../entries/facts.ts'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { claimStateWords, methodWords } from './claim-words.ts'
import type { Route } from './+types/claim.ts'

export const headers = accountHeaders

const list = '/operator/claims'

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer } = operatorRequest(args)
  return { claim: await orRefusal(services.claims.get(viewer, args.params.id)), now: Date.now() }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const { id } = args.params
  const form = await args.request.formData()
  const typed = { reason: textOf(form, 'reason') }
  const outcome = await orRefusal(
    textOf(form, 'verdict') === 'approve'
      ? services.claims.approve(viewer, id)
      : services.claims.refuse(viewer, { id, typed }),
  )
  const shown = { typed, error: undefined as string | undefined, refusal: undefined as string | undefined }
  switch (outcome.kind) {
    case 'done':
      // The page says how it stands: approved or refused, or that the proof is gone.
      throw redirect(`${list}/${id}`, 303)
    case 'invalid':
      return data({ ...shown, error: outcome.errors['reason'] ?? 'can’t be read' }, { status: 400 })
    case 'refused':
      return data({ ...shown, refusal: outcome.detail ?? 'It stands otherwise by now.' }, { status: 409 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'missing':
      throw data(null, { status: 404 })
  }
}

/** One claim, with what proves it and the decision about it. */
export default function ClaimPage({ loaderData: { claim, now }, actionData }: Route.ComponentProps) {
  const title = `Claim of ${claim.agent.name}`
  const isOpen = claim.state === 'proven' || claim.state === 'pending'
  return (
    <OperatorPage title={title} current={list} hasErrors={actionData !== undefined}>
      <Breadcrumbs crumbs={[{ label: 'Claims', href: list }, { label: title }]} />
      {actionData?.refusal !== undefined && (
        <Notice tone="warning" role="alert" title="Nothing was changed">
          {actionData.refusal}
        </Notice>
      )}
      {isOpen && claim.checkError !== null && (
        <Notice tone="warning" title={claim.state === 'proven' ? 'The proof is not there any more' : 'Not proven yet'}>
          <span className="wrap-anywhere">{claim.checkError}</span>
        </Notice>
      )}
      <Record lines={linesOf(claim, now)} />
      {claim.state === 'proven' && <Approval claim={claim} />}
      {isOpen && <Refusal typed={actionData?.typed.reason} error={actionData?.error} />}
    </OperatorPage>
  )
}

function linesOf(claim: Claim, now: number) {
  const { agent, organization, claimant, host, method, state, reason, createdAt, checkedAt, provenAt, decidedAt } =
    claim
  const moment = (iso: string | null) => (iso === null ? '–' : <RelativeTime iso={iso} now={now} />)
  return [
    { label: 'Entry', value: <TextLink href={`/agents/${agent.slug}`}>{agent.name}</TextLink> },
    { label: 'For', value: `${organization.name} (${organization.slug})` },
    {
      label: 'Who',
      value: (
        <>
          {claimant.name}, <TextLink href={`mailto:${claimant.email}`}>{claimant.email}</TextLink>
        </>
      ),
    },
    { label: 'State', value: claimStateWords(state) },
    {
      label: 'Host of the homepage',
      value: (
        <>
          <span className="figures">{host}</span>
          {(state === 'pending' || state === 'proven') && (
            <>
              {' '}
              · <TextLink href={entryHref(agent.slug)}>Correct the entry</TextLink>
            </>
          )}
        </>
      ),
    },
    {
      label: 'Proven',
      value:
        provenAt === null ? (
          '–'
        ) : (
          <>
            {moment(provenAt)}, by {method === 'dns' ? 'the DNS' : 'the file'}
          </>
        ),
    },
    {
      label: 'Looked for last',
      value: (
        <>
          {moment(checkedAt)}
          {checkedAt !== null && ` (${methodWords[method]})`}
        </>
      ),
    },
    { label: 'Begun', value: moment(createdAt) },
    ...(decidedAt === null ? [] : [{ label: 'Decided', value: moment(decidedAt) }]),
    ...(reason === null ? [] : [{ label: 'Reason', value: reason }]),
  ]
}

const Approval = ({ claim: { agent, organization, host } }: { claim: Claim }) => (
  <Section
    id="approve"
    title="Hand it over"
    intro={`The proof is looked for at ${host} once more. Then ${agent.name} belongs to ${organization.name}: the page names it as the verified publisher, other open claims are refused, and its members are told. What the entry says stays.`}
  >
    <form method="post">
      <Button name="verdict" value="approve">
        Check and approve
      </Button>
    </form>
  </Section>
)

const Refusal = ({ typed, error }: { typed: string | undefined; error: string | undefined }) => (
  <Section id="refuse" title="Refuse it" intro="The entry stays unclaimed. They may begin another claim.">
    <form method="post">
      <FormColumn>
        <TextArea
          label="Reason"
          name="reason"
          maxLength={500}
          defaultValue={typed}
          hint="Whoever made the claim reads it in a mail. Kept in the audit trail."
          error={asError('The reason', error)}
        />
        <div>
          <Button kind="danger" name="verdict" value="refuse">
            Refuse the claim
          </Button>
        </div>
      </FormColumn>
    </form>
  </Section>
)
