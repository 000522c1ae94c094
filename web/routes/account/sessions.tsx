import LogOut from 'lucide-react/icons/log-out'
import Monitor from 'lucide-react/icons/monitor'
import Smartphone from 'lucide-react/icons/smartphone'
import { data, redirect } from 'react-router'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Table } from '../../ui/table.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { TextButton } from './text-button.tsx'
import { AccountPage, noticeOf } from './account-page.tsx'
import { personRequest } from './person-request.ts'
import type { Route } from './+types/sessions.ts'

export const headers = accountHeaders

const notices = {
  ended: { title: 'That device is signed out', text: 'It is refused from its next click on.' },
  'others-ended': { title: 'Every other device is signed out', text: 'They are refused from their next click on.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, searchParams } = personRequest(args)
  return { sessions: await people.sessions(caller), now: Date.now(), notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  const form = await args.request.formData()
  switch (textOf(form, 'intent')) {
    case 'end':
      await people.endSession(caller, textOf(form, 'id'))
      return redirect('/account/sessions?notice=ended', 303)
    case 'end-others':
      await people.endOtherSessions(caller)
      return redirect('/account/sessions?notice=others-ended', 303)
    default:
      throw data(null, { status: 400 })
  }
}

type Session = Route.ComponentProps['loaderData']['sessions'][number]

export default function SessionsPage({ loaderData: { sessions, now, notice } }: Route.ComponentProps) {
  const others = sessions.filter(({ isThisOne }) => !isThisOne)
  return (
    <AccountPage
      title="Sessions"
      current="/account/sessions"
      notice={notice}
      action={others.length > 0 && <EndOthers />}
    >
      <p className="max-w-prose text-muted">
        Where you are signed in. Something you don’t know? Sign it out, then{' '}
        <TextLink href="/account/security">choose another password</TextLink>.
      </p>
      <Table
        caption="Where you are signed in"
        size="console"
        rows={sessions}
        rowKey={({ id }) => id}
        columns={[
          { key: 'device', label: 'Device', cell: (session) => <DeviceName session={session} /> },
          {
            key: 'address',
            label: 'Address',
            cell: ({ address }) => <span className="figures">{address ?? '–'}</span>,
          },
          { key: 'since', label: 'Signed in', cell: ({ signedInAt }) => <RelativeTime iso={signedInAt} now={now} /> },
          { key: 'seen', label: 'Last seen', cell: ({ lastSeenAt }) => <RelativeTime iso={lastSeenAt} now={now} /> },
          { key: 'end', label: 'Action', cell: (session) => <EndSession session={session} /> },
        ]}
      />
    </AccountPage>
  )
}

const nameOf = ({ device: { browser, system } }: Session): string =>
  [browser ?? 'Unknown browser', system].filter(Boolean).join(' on ')

const DeviceName = ({ session }: { session: Session }) => (
  <span className="inline-flex flex-wrap items-center gap-8">
    <Icon of={session.device.isHandheld ? Smartphone : Monitor} className="text-muted" />
    {nameOf(session)}
    {session.isThisOne && <Badge tone="info">This device</Badge>}
  </span>
)

const EndSession = ({ session }: { session: Session }) =>
  session.isThisOne ? (
    <TextLink href="/sign-out">Sign out</TextLink>
  ) : (
    <form method="post">
      <input type="hidden" name="intent" value="end" />
      <input type="hidden" name="id" value={session.id} />
      <TextButton aria-label={`Sign out ${nameOf(session)}`}>Sign out</TextButton>
    </form>
  )

const EndOthers = () => (
  <form method="post">
    <input type="hidden" name="intent" value="end-others" />
    <Button kind="danger" size="console" icon={LogOut}>
      Sign out everywhere else
    </Button>
  </form>
)
