import { data, redirect } from 'react-router'
import type { NoticeThresholds, ShownNotice } from '#src/features/notifications/index.ts'
import { webContext } from '../../../context.ts'
import { Button } from '../../../ui/button.tsx'
import { Checkbox } from '../../../ui/choice.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextField } from '../../../ui/field.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { mailKindWords } from './mail-kind-words.ts'
import type { Route } from './+types/notifications.ts'

export const headers = accountHeaders

const notices = {
  mails: { title: 'Your choice is kept', text: 'It holds for the next mail.' },
  thresholds: { title: 'Your percents are kept', text: 'They hold from the next use on.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { notifications } = args.context.get(webContext).services
  const [choices, thresholds, told] = await Promise.all([
    notifications.mailChoices(viewer.id),
    notifications.thresholds(viewer.id),
    notifications.list(viewer.id),
  ])
  return { choices, thresholds, told, notice: noticeOf(notices, searchParams), now: Date.now() }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { notifications } = args.context.get(webContext).services
  const form = await args.request.formData()
  if (textOf(form, 'intent') === 'mails') {
    for (const kind of kinds) {
      await notifications.chooseMail({ userId: viewer.id, kind, isWanted: form.get(kind) !== null })
    }
    throw redirect('/account/notifications?notice=mails', 303)
  }
  const [subscriptionId, typed] = [textOf(form, 'subscription'), textOf(form, 'percents')]
  const outcome = await notifications.chooseThresholds({ subscriptionId, userId: viewer.id, typed })
  if (outcome === 'not_found') throw data(null, { status: 404 })
  if (outcome === 'wrong') return data({ subscriptionId, typed }, { status: 422 })
  throw redirect('/account/notifications?notice=thresholds', 303)
}

const kinds = Object.keys(mailKindWords) as (keyof typeof mailKindWords)[]

export default function Notifications({ loaderData, actionData }: Route.ComponentProps) {
  const { choices, thresholds, told, notice, now } = loaderData
  return (
    <AccountPage
      title="Notifications"
      current="/account/notifications"
      notice={notice}
      hasErrors={actionData !== undefined}
    >
      <Told told={told} now={now} />
      {thresholds.length > 0 && (
        <Section
          id="percents"
          title="When to tell you"
          intro="At which percents of a limit, in whole numbers: up to five, such as 50, 80, 100. Left empty, those that the publisher chose."
        >
          <FormColumn>
            {thresholds.map((one) => (
              <Percents
                key={one.subscriptionId}
                thresholds={one}
                wrong={actionData?.subscriptionId === one.subscriptionId ? actionData.typed : undefined}
              />
            ))}
          </FormColumn>
        </Section>
      )}
      <Section
        id="mails"
        title="Mails"
        intro="What is about your security, money that is due or ending, and answers to what you asked always comes: without it you could lose something."
      >
        <form method="post">
          <input type="hidden" name="intent" value="mails" />
          <FormColumn>
            {kinds.map((kind) => (
              <Checkbox
                key={kind}
                name={kind}
                label={mailKindWords[kind].label}
                hint={sentence(mailKindWords[kind].text)}
                defaultChecked={choices[kind]}
              />
            ))}
            <div>
              <Button size="console">Keep this choice</Button>
            </div>
          </FormColumn>
        </form>
      </Section>
    </AccountPage>
  )
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

interface PercentsProps {
  readonly thresholds: NoticeThresholds
  /** What was typed and can't be. */
  readonly wrong: string | undefined
}

function Percents({ thresholds: { subscriptionId, agent, chosen, usual }, wrong }: PercentsProps) {
  return (
    <form method="post" className="flex flex-wrap items-end gap-12">
      <input type="hidden" name="subscription" value={subscriptionId} />
      <div className="grow">
        <TextField
          id={`percents-${subscriptionId}`}
          name="percents"
          label={agent.name}
          inputMode="text"
          maxLength={100}
          defaultValue={wrong ?? chosen?.join(', ') ?? ''}
          placeholder={usual.join(', ')}
          error={
            wrong === undefined
              ? undefined
              : { message: 'That is no list of percents.', remedy: 'Up to five whole numbers from 1 to 100.' }
          }
        />
      </div>
      <Button kind="secondary" aria-label={`Keep the percents for ${agent.name}`}>
        Keep
      </Button>
    </form>
  )
}

const Told = ({ told, now }: { readonly told: readonly ShownNotice[]; readonly now: number }) =>
  told.length === 0 ? (
    <EmptyState title="Nothing to tell you yet">
      When your use comes close to a limit, it stands here, and a mail says so.
    </EmptyState>
  ) : (
    <Table
      caption="What your use came to, newest first"
      size="console"
      rows={told}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'what',
          label: 'What',
          cell: ({ subscriptionId, agent, metric, threshold }) => (
            <TextLink href={`/account/subscriptions/${subscriptionId}`}>
              {agent}: {threshold} % of {metric}
            </TextLink>
          ),
        },
        { key: 'when', label: 'When', cell: ({ at }) => <RelativeTime iso={at} now={now} /> },
        {
          key: 'used',
          label: 'Used then',
          isFigure: true,
          cell: ({ used, limit, unit }) => `${used.toLocaleString('en')} of ${limit.toLocaleString('en')} ${unit}`,
        },
      ]}
    />
  )
