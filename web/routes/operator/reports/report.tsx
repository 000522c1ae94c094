import { data, redirect } from 'react-router'
import type { ReportDetail } from '#src/features/engagement/index.ts'
import { Breadcrumbs } from '../../../ui/breadcrumbs.tsx'
import { Button } from '../../../ui/button.tsx'
import { Checkbox } from '../../../ui/choice.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders, rateLimited, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { FormColumn, Section } from '../../account/account-page.tsx'
import { Record } from '../../account/record.tsx'
import { asError } from '../../reviews/review-fields.tsx'
import { reviewHref } from '../../reviews/review-paths.ts'
import { entryHref } from '../entries/facts.ts'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { kindWords, reasonWords, stateWords } from './report-words.ts'
import type { Route } from './+types/report.ts'

export const headers = accountHeaders

const list = '/operator/reports'

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer } = operatorRequest(args)
  const report = await orRefusal(services.reports.get(viewer, args.params.id))
  // Decided where the review stands.
  if (report.review !== null) throw redirect(reviewHref(report.agent.slug, report.review.id), 303)
  return { report, now: Date.now() }
}

interface Answer {
  readonly typed: { readonly reason: string; readonly takesDown: boolean }
  readonly error: string | undefined
  /** It was decided, or claimed, in the meantime. */
  readonly isRefused: boolean
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const { id } = args.params
  const form = await args.request.formData()
  const typed = { reason: textOf(form, 'reason'), takesDown: form.has('takesDown') }
  const verdict = textOf(form, 'verdict') === 'uphold' ? 'uphold' : 'dismiss'
  const outcome = await orRefusal(services.reports.decide({ viewer, id, verdict, typed }))
  const shown: Answer = { typed, error: undefined, isRefused: false }
  switch (outcome.kind) {
    case 'done':
      throw redirect(`${list}/${id}`, 303)
    case 'invalid':
      return data<Answer>({ ...shown, error: outcome.errors['reason'] ?? 'can’t be read' }, { status: 400 })
    case 'refused':
      return data<Answer>({ ...shown, isRefused: true }, { status: 409 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'missing':
      throw data(null, { status: 404 })
  }
}

/** One report about an agent, or one ask for removal, with the decision about it. */
export default function ReportPage({ loaderData: { report, now }, actionData }: Route.ComponentProps) {
  const title = report.kind === 'removal' ? `Removal of ${report.agent.name}` : `Report of ${report.agent.name}`
  return (
    <OperatorPage title={title} current={list} hasErrors={actionData !== undefined}>
      <Breadcrumbs crumbs={[{ label: 'Reports', href: list }, { label: title }]} />
      {actionData?.isRefused === true && (
        <Notice tone="warning" role="alert" title="Nothing was changed">
          Somebody decided it, or claimed the entry, in the meantime. This is how it stands now.
        </Notice>
      )}
      <Record lines={linesOf(report, now)} />
      {report.state === 'open' && <Decision report={report} sent={actionData} />}
    </OperatorPage>
  )
}

function linesOf(report: ReportDetail, now: number) {
  const { agent, kind, reason, details, reporter, reporterEmail, state, createdAt, decidedAt, decidedBy } = report
  const email = reporter?.email ?? reporterEmail
  const who = email === null ? 'Gone' : <TextLink href={`mailto:${email}`}>{email}</TextLink>
  return [
    {
      label: 'Agent',
      value: (
        <>
          {report.isListed ? <TextLink href={`/agents/${agent.slug}`}>{agent.name}</TextLink> : agent.name}
          {report.isDirectoryEntry ? ', unclaimed' : ''}
          {report.isListed ? '' : ', not listed any more'}
          {report.isDirectoryEntry && report.isListed && (
            <>
              {' '}
              · <TextLink href={entryHref(agent.slug)}>Correct its facts</TextLink>
            </>
          )}
        </>
      ),
    },
    { label: 'Kind', value: kindWords(kind) },
    ...(kind === 'removal' ? [] : [{ label: 'Reason', value: reasonWords(reason) }]),
    { label: 'In their words', value: details === '' ? '–' : <span className="whitespace-pre-line">{details}</span> },
    {
      label: 'Who',
      value:
        reporter === null ? (
          who
        ) : (
          <>
            {reporter.name}, {who}
          </>
        ),
    },
    { label: 'When', value: <RelativeTime iso={createdAt} now={now} /> },
    ...(decidedAt === null
      ? []
      : [
          {
            label: stateWords(state),
            value: (
              <>
                <RelativeTime iso={decidedAt} now={now} /> by {decidedBy ?? 'somebody who has gone'}
                {report.decision === '' ? '' : `: ${report.decision}`}
              </>
            ),
          },
        ]),
  ]
}

interface DecisionProps {
  readonly report: ReportDetail
  readonly sent: Answer | undefined
}

function Decision({ report, sent }: DecisionProps) {
  const { kind, agent, isDirectoryEntry, isListed } = report
  const isRemoval = kind === 'removal'
  const mayTakeDown = !isRemoval && isDirectoryEntry && isListed
  return (
    <Section id="decision" title="Decide" intro={introOf(report)}>
      <form method="post">
        <FormColumn>
          <TextArea
            label="Reason"
            name="reason"
            maxLength={500}
            defaultValue={sent?.typed.reason}
            hint={
              isRemoval
                ? 'Whoever asked reads it in a mail. Kept in the audit trail.'
                : 'Kept with the report and in the audit trail; the publisher doesn’t read it.'
            }
            error={asError('The reason', sent?.error)}
          />
          {mayTakeDown && (
            <Checkbox
              name="takesDown"
              label={`Also take ${agent.name} down`}
              hint="Only with “Uphold”. The entry leaves the shop, and an update of the directory does not bring it back."
              defaultChecked={sent?.typed.takesDown ?? false}
            />
          )}
          <div className="flex flex-wrap gap-12">
            <Button kind={isRemoval ? 'danger' : 'ink'} name="verdict" value="uphold">
              {isRemoval ? `Remove ${agent.name}` : 'Uphold the report'}
            </Button>
            <Button kind="secondary" name="verdict" value="dismiss">
              {isRemoval ? `Keep ${agent.name}` : 'Dismiss the report'}
            </Button>
          </div>
        </FormColumn>
      </form>
    </Section>
  )
}

function introOf({ kind, isDirectoryEntry }: ReportDetail): string {
  if (kind === 'removal') {
    return 'Removing takes the entry out of the shop for good: its address says that its makers asked for it, and an update of the directory does not bring it back. Everybody who asked for it is told.'
  }
  return isDirectoryEntry
    ? 'Upholding records that the report is right. The entry stays unless you tick the box.'
    : 'Upholding records that the report is right. It changes nothing about the agent, its subscriptions or its sign-in.'
}
