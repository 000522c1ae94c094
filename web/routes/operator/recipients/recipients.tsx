import CircleCheck from 'lucide-react/icons/circle-check'
import Clock from 'lucide-react/icons/clock'
import { data, redirect } from 'react-router'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextField } from '../../../ui/field.tsx'
import type { FieldError } from '../../../ui/field.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { emailErrors } from '../../account-access/account-words.ts'
import { Section, noticeOf } from '../../account/account-page.tsx'
import { TextButton } from '../../account/text-button.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import type { Route } from './+types/recipients.ts'

export const headers = accountHeaders

const path = '/operator/recipients'

const notices = {
  added: { title: 'The mailbox is asked', text: 'It gets nothing else before it says yes.' },
  asked_again: { title: 'The mailbox is asked again', text: 'The earlier link still works, too.' },
  already: { title: 'It is on the list already', text: 'Its mailbox has said yes; nothing was changed.' },
  removed: { title: 'The address is off the list', text: 'It gets no more mails about what people do.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer, searchParams } = operatorRequest(args)
  const items = await orRefusal(services.reports.recipients(viewer))
  return { items, notice: noticeOf(notices, searchParams), now: Date.now() }
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer } = operatorRequest(args)
  const form = await args.request.formData()
  if (textOf(form, 'intent') === 'remove') {
    await orRefusal(services.reports.removeRecipient(viewer, textOf(form, 'id')))
    throw redirect(`${path}?notice=removed`, 303)
  }
  const email = textOf(form, 'email')
  const outcome = await orRefusal(services.reports.addRecipient(viewer, email))
  if (outcome.kind === 'invalid') return answer(email, emailErrors[outcome.problem])
  if (outcome.kind === 'full') return answer(email, full)
  throw redirect(`${path}?notice=${outcome.kind}`, 303)
}

const full = { message: 'The list is full.', remedy: 'Remove an address first, or add that of a mailing list.' }

const answer = (email: string, error: FieldError | undefined) => data({ email, error }, { status: 400 })

/** Who gets a mail when somebody does something an operator may want to hear of. */
export default function Recipients({ loaderData: { items, notice, now }, actionData }: Route.ComponentProps) {
  return (
    <OperatorPage title="Recipients" current={path} hasErrors={actionData !== undefined}>
      {notice !== undefined && actionData === undefined && (
        <Notice tone="good" title={notice.title}>
          {notice.text}
        </Notice>
      )}
      {items.length === 0 ? (
        <EmptyState title="Nobody is told yet">
          Add an address below, and it hears of waitlists, installs, claims, messages and whatever else people do.
        </EmptyState>
      ) : (
        <Table
          caption="Addresses that are told"
          size="console"
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            { key: 'email', label: 'Address', cell: ({ email }) => <span className="wrap-anywhere">{email}</span> },
            { key: 'state', label: 'State', cell: (recipient) => <State {...recipient} /> },
            { key: 'since', label: 'Since', cell: (recipient) => <Since {...recipient} now={now} /> },
            { key: 'actions', label: 'Change', cell: (recipient) => <Actions {...recipient} /> },
          ]}
        />
      )}
      <Section
        id="add"
        title="Add an address"
        intro="Its mailbox is asked first. From its yes on it gets a mail about each interaction, which says what happened and leads here for who it was."
      >
        <form method="post" noValidate className="flex max-w-form flex-col gap-16">
          <TextField
            label="E-mail address"
            name="email"
            type="email"
            autoComplete="off"
            defaultValue={actionData?.email}
            error={actionData?.error}
          />
          <div>
            <Button>Ask the mailbox</Button>
          </div>
        </form>
      </Section>
    </OperatorPage>
  )
}

type Row = Route.ComponentProps['loaderData']['items'][number]

const State = ({ confirmedAt }: Row) =>
  confirmedAt === null ? (
    <Badge tone="warning" icon={Clock}>
      Asked
    </Badge>
  ) : (
    <Badge tone="good" icon={CircleCheck}>
      Confirmed
    </Badge>
  )

function Since({ confirmedAt, askedAt, now }: Row & { now: number }) {
  const since = confirmedAt ?? askedAt
  return since === null ? 'In a moment' : <RelativeTime iso={since} now={now} />
}

const Actions = ({ id, email, confirmedAt }: Row) => (
  <div className="flex flex-wrap gap-16">
    {confirmedAt === null && (
      <form method="post">
        <input type="hidden" name="email" value={email} />
        <TextButton aria-label={`Ask ${email} again`}>Ask again</TextButton>
      </form>
    )}
    <form method="post">
      <input type="hidden" name="id" value={id} />
      <TextButton name="intent" value="remove" aria-label={`Remove ${email}`}>
        Remove
      </TextButton>
    </form>
  </div>
)
