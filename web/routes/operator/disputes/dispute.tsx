import { data, redirect } from 'react-router'
import type { OpenedDispute } from '#src/features/receipts/index.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { exact, formatDay } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { FormColumn, Section } from '../../account/account-page.tsx'
import { Record } from '../../account/record.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import type { Route } from './+types/dispute.ts'

export const headers = accountHeaders

const decisionMax = 1_000

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer } = operatorRequest(args)
  return orRefusal(services.receipts.getDispute(viewer, args.params.id))
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const form = await args.request.formData()
  const typed = { units: textOf(form, 'units').trim(), decision: textOf(form, 'decision').trim() }
  const isCredit = textOf(form, 'intent') === 'credit'
  const { creditable } = await orRefusal(services.receipts.getDispute(viewer, args.params.id))
  const units = /^\d{1,16}$/.test(typed.units) ? Number(typed.units) : 0
  const errors = {
    ...(isCredit &&
      (units < 1 || units > creditable) && {
        units: `Give a whole number from 1 to ${creditable.toLocaleString('en')}.`,
      }),
    ...((typed.decision === '' || typed.decision.length > decisionMax || typed.decision.includes('\0')) && {
      decision: `Say why, in 1 to ${decisionMax.toLocaleString('en')} letters.`,
    }),
  }
  if (Object.keys(errors).length > 0) return data({ typed, errors, problem: undefined }, { status: 400 })
  try {
    await orRefusal(
      services.receipts.decide(viewer, {
        disputeId: args.params.id,
        decision: typed.decision,
        units: isCredit ? units : undefined,
      }),
    )
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: { detail?: unknown } }
    if (code !== 'conflict' && code !== 'invalid_request' && code !== 'below_zero' && code !== 'request_id_conflict')
      throw error
    const problem = String(
      details?.detail ?? 'That many can’t be given back any more. Look at what is left of the entry.',
    )
    return data({ typed, errors: {}, problem }, { status: 409 })
  }
  return redirect(`/operator/disputes/${args.params.id}`, 303)
}

export default function DisputePage({ loaderData: dispute, actionData }: Route.ComponentProps) {
  const { creditable, entry } = dispute
  const errorOf = (name: 'units' | 'decision') => {
    const message = (actionData?.errors as Partial<Record<string, string>> | undefined)?.[name]
    return message === undefined ? undefined : { message }
  }
  return (
    <OperatorPage title="Dispute" current="/operator/disputes" hasErrors={actionData !== undefined}>
      <p>
        <TextLink href="/operator/disputes">All disputes</TextLink>
      </p>
      {actionData?.problem !== undefined && (
        <Notice tone="bad" title="Nothing was changed">
          {actionData.problem}
        </Notice>
      )}
      <blockquote className="max-w-prose border-s-2 border-control ps-16 whitespace-pre-line wrap-anywhere">
        {dispute.message}
      </blockquote>
      <Record lines={linesOf(dispute)} />
      {dispute.decidedAt !== null ? (
        <Notice
          tone="info"
          title={
            dispute.creditedUnits === null
              ? `Declined on ${formatDay(dispute.decidedAt)}`
              : `${dispute.creditedUnits.toLocaleString('en')} ${entry.unit} given back on ${formatDay(dispute.decidedAt)}`
          }
        >
          {dispute.decision}
        </Notice>
      ) : (
        <Section id="decide" title="Decide" intro="The person gets a mail with your words. It is decided once.">
          <form method="post">
            <FormColumn>
              <TextArea
                label="What the person is told"
                name="decision"
                required
                maxLength={decisionMax}
                defaultValue={actionData?.typed.decision}
                error={errorOf('decision')}
              />
              <TextField
                label={`Units to give back, of ${creditable.toLocaleString('en')} that count`}
                name="units"
                inputMode="numeric"
                defaultValue={actionData?.typed.units ?? String(creditable)}
                error={errorOf('units')}
              />
              <div className="flex flex-wrap gap-12">
                <Button name="intent" value="credit" disabled={creditable === 0}>
                  Give back
                </Button>
                <Button kind="secondary" name="intent" value="decline">
                  Give nothing back
                </Button>
              </div>
            </FormColumn>
          </form>
        </Section>
      )}
    </OperatorPage>
  )
}

function linesOf({ person, agent, entry, creditable, createdAt }: OpenedDispute) {
  return [
    { label: 'Person', value: `${person.name} · ${person.email}` },
    { label: 'Agent', value: <TextLink href={`/agents/${agent.slug}`}>{agent.name}</TextLink> },
    {
      label: 'Counted',
      value: (
        <span className="figures">
          {entry.units.toLocaleString('en')} {entry.unit} · {entry.metricName}
        </span>
      ),
    },
    {
      label: 'Still counts',
      value: <span className="figures">{`${creditable.toLocaleString('en')} ${entry.unit}`}</span>,
    },
    { label: 'Happened', value: exact(entry.occurredAt) },
    { label: 'Disputed', value: exact(createdAt) },
    { label: 'Request', value: <code className="figures">{entry.clientReqId}</code> },
    ...Object.entries(entry.metadata).map(([name, value]) => ({
      label: `The agent’s “${name}”`,
      value: <span className="figures">{String(value)}</span>,
    })),
  ]
}
