import { data, redirect } from 'react-router'
import type { Dispute, Receipt } from '#src/features/receipts/index.ts'
import { webContext } from '../../../context.ts'
import { Button } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { TextArea } from '../../../ui/text-area.tsx'
import { exact, formatDay } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { Record } from '../record.tsx'
import { wordsOf } from './receipt-filter.ts'
import type { Route } from './+types/receipt.ts'

export const headers = accountHeaders

const messageMax = 2_000
const notices = {
  sent: { title: 'The operators will look at it', text: 'You get a mail when they have decided.' },
}

function receiptRequest(args: Route.LoaderArgs | Route.ActionArgs) {
  const page = personRequest(args)
  const { receipts } = args.context.get(webContext).services
  const { id, entryId } = args.params
  const which = { subscriptionId: id, userId: page.viewer.id }
  return { ...page, receipts, which, entryId, path: `/account/subscriptions/${id}/usage` }
}

export async function loader(args: Route.LoaderArgs) {
  const { receipts, which, entryId, path, searchParams } = receiptRequest(args)
  const receipt = await receipts.find({ which, entryId })
  if (receipt === undefined) throw data(null, { status: 404 })
  return { receipt, path, notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { receipts, which, entryId, path } = receiptRequest(args)
  const message = textOf(await args.request.formData(), 'message').trim()
  if (message === '') return data({ message, problem: 'Say what is wrong with it.' }, { status: 400 })
  if (message.length > messageMax || message.includes('\0')) {
    return data({ message, problem: `At most ${messageMax.toLocaleString('en')} letters, please.` }, { status: 400 })
  }
  try {
    await receipts.dispute({ which, entryId, message })
  } catch (error) {
    const { code, details } = error as { code?: unknown; details?: { detail?: unknown } }
    if (code === 'not_found') throw data(null, { status: 404 })
    if (code !== 'conflict') throw error
    return data({ message, problem: String(details?.detail ?? 'That can’t be disputed.') }, { status: 409 })
  }
  return redirect(`${path}/${entryId}?notice=sent`, 303)
}

export default function ReceiptPage({ loaderData: { receipt, path, notice }, actionData }: Route.ComponentProps) {
  const { subscription, entry, metric, dispute, creditable } = receipt
  return (
    <AccountPage
      title={`${subscription.agent.name}: one receipt`}
      current="/account/subscriptions"
      notice={notice}
      hasErrors={actionData !== undefined}
    >
      <p>
        <TextLink href={path}>All receipts</TextLink>
      </p>
      <Record lines={linesOf(receipt, path)} />
      <Section
        id="wrong"
        title="Something wrong?"
        intro={
          dispute === null && creditable !== null && creditable > 0
            ? 'Say what happened. The operators of this marketplace look at it, and can give the units back.'
            : undefined
        }
      >
        {dispute !== null ? (
          <Outcome dispute={dispute} unit={metric.unit} />
        ) : creditable === null || creditable <= 0 ? (
          <p className="text-muted">{whyNot(receipt)}</p>
        ) : (
          <form method="post">
            <FormColumn>
              <TextArea
                label="What is wrong"
                name="message"
                required
                maxLength={messageMax}
                rows={4}
                defaultValue={actionData?.message}
                error={actionData === undefined ? undefined : { message: actionData.problem }}
              />
              <div>
                <Button kind="secondary">Dispute {units(entry.delta, metric.unit)}</Button>
              </div>
            </FormColumn>
          </form>
        )}
      </Section>
    </AccountPage>
  )
}

const units = (amount: number, unit: string): string => `${amount.toLocaleString('en')} ${unit}`

function whyNot({ metric, creditable }: Receipt): string {
  if (metric.kind === 'gauge') return 'This is a level: what you take away again no longer counts.'
  if (creditable === 0) return 'All of it was given back.'
  return 'This line took nothing by itself. Look for the line that it belongs to.'
}

function linesOf({ subscription, entry, metric, creditable }: Receipt, path: string) {
  const { delta, usedAfter, limit, metadata } = entry
  return [
    { label: 'Agent', value: subscription.agent.name },
    { label: 'What', value: `${wordsOf(entry)} · ${metric.displayName}` },
    { label: 'Units', value: <span className="figures">{`${delta > 0 ? '+' : ''}${units(delta, metric.unit)}`}</span> },
    {
      label: 'Used after',
      value: (
        <span className="figures">
          {usedAfter.toLocaleString('en')} of {limit === null ? 'unlimited' : limit.toLocaleString('en')}
        </span>
      ),
    },
    ...(creditable !== null && creditable !== delta
      ? [{ label: 'Still counts', value: <span className="figures">{units(creditable, metric.unit)}</span> }]
      : []),
    { label: 'Happened', value: exact(entry.occurredAt) },
    { label: 'Recorded', value: exact(entry.createdAt) },
    ...(entry.periodStart === null ? [] : [{ label: 'Period from', value: formatDay(entry.periodStart) }]),
    { label: 'Request', value: <code className="figures">{entry.clientReqId}</code> },
    { label: 'Entry', value: <code className="figures">{entry.id}</code> },
    ...(entry.refersToId === null
      ? []
      : [
          {
            label: 'Belongs to',
            value: <TextLink href={`${path}/${entry.refersToId}`}>the line that it changes</TextLink>,
          },
        ]),
    ...Object.entries(metadata).map(([name, value]) => ({
      label: `The agent’s “${name}”`,
      value: <span className="figures">{String(value)}</span>,
    })),
  ]
}

function Outcome({ dispute, unit }: { dispute: Dispute; unit: string }) {
  const title =
    dispute.state === 'open'
      ? 'The operators are looking at it'
      : dispute.state === 'credited'
        ? `${units(dispute.creditedUnits ?? 0, unit)} given back`
        : 'It counts as it did'
  return (
    <div className="flex max-w-prose flex-col gap-16">
      <Notice tone={dispute.state === 'credited' ? 'good' : 'info'} title={title}>
        {dispute.decidedAt === null ? 'You get a mail when they have decided.' : dispute.decision}
      </Notice>
      <p className="text-muted">
        You wrote on {formatDay(dispute.createdAt)}: “<span className="whitespace-pre-line">{dispute.message}</span>”
      </p>
    </div>
  )
}
