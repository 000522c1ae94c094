import ChevronDown from 'lucide-react/icons/chevron-down'
import CircleCheck from 'lucide-react/icons/circle-check'
import Clock from 'lucide-react/icons/clock'
import CircleX from 'lucide-react/icons/circle-x'
import { webContext } from '../../context.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Table } from '../../ui/table.tsx'
import { exact, RelativeTime } from '../../ui/time.tsx'
import { Record } from '../account/record.tsx'
import type { Route } from './+types/status.ts'

/** Of this moment, so nobody keeps it. */
export const headers = () => ({ 'cache-control': 'no-store' })

export async function loader({ context }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  return { ...(await services.site.status()), siteName: site.name, now: Date.now() }
}

/** How the process that answers finds the marketplace just now. */
export default function Status({ loaderData: status }: Route.ComponentProps) {
  const { siteName, checkedAt, database, jobs, now } = status
  const failed = jobs?.filter(({ outcome }) => outcome === 'failed').length ?? 0
  return (
    <>
      <PageMeta title="Status" description={`How ${siteName} is doing at this moment.`} canonicalPath="/status" />
      <div className="wrap-page flex flex-col gap-32 pt-48">
        <div className="flex flex-col gap-8">
          <h1 className="display text-36">Status</h1>
          <p className="text-muted">
            As the server that answered you saw it on {exact(checkedAt)}. It keeps no history, so nothing is said of
            yesterday.
          </p>
        </div>
        <Verdict isUp={database.kind === 'answers'} failed={failed} />
        <Facts {...status} />
        {jobs !== undefined && jobs.length > 0 && <Jobs jobs={jobs} now={now} />}
      </div>
    </>
  )
}

function Verdict({ isUp, failed }: { isUp: boolean; failed: number }) {
  if (!isUp) {
    return (
      <Notice tone="bad" title="The database doesn’t answer">
        Pages and usage wait for it. Nothing that was saved is lost.
      </Notice>
    )
  }
  if (failed > 0) {
    return (
      <Notice tone="warning" title={failed === 1 ? 'One job failed last time' : `${failed} jobs failed last time`}>
        Each is tried again by itself. Pages, signing in and usage work.
      </Notice>
    )
  }
  return <Notice tone="good" title="Everything that was looked at works" />
}

const payments = {
  sandbox: 'Sandbox: no money moves',
  test: 'Stripe, test mode: no money moves',
  live: 'Stripe, live',
} as const
const mail = { smtp: 'Sent by SMTP', kept_here: 'Kept on this machine, not sent' } as const

const Facts = (status: Route.ComponentProps['loaderData']) => (
  <Record
    lines={[
      {
        label: 'Database',
        value: status.database.kind === 'answers' ? `Answers in ${status.database.ms} ms` : 'Doesn’t answer',
      },
      { label: 'Payments', value: payments[status.payments] },
      { label: 'Mail', value: mail[status.mail] },
      ...(status.jobs === undefined ? [] : [{ label: 'Work', value: <Work jobs={status.jobs} now={status.now} /> }]),
      { label: 'This process', value: <Since iso={status.startedAt} now={status.now} /> },
      { label: 'Software', value: `Rialto ${status.version}` },
    ]}
  />
)

const Since = ({ iso, now }: { iso: string; now: number }) => (
  <>
    Started <RelativeTime iso={iso} now={now} />
  </>
)

interface JobsProps {
  readonly jobs: readonly Job[]
  readonly now: number
}

const Jobs = ({ jobs, now }: JobsProps) => (
  <details className="disclosure">
    <summary>
      Each job, and how it last ended <Icon of={ChevronDown} />
    </summary>
    <div className="pt-16">
      <Table
        caption="Scheduled jobs and how each last ended"
        size="console"
        rows={jobs}
        rowKey={({ name }) => name}
        columns={[
          { key: 'name', label: 'Job', cell: ({ name }) => <span className="figures wrap-anywhere">{name}</span> },
          { key: 'cron', label: 'Due (cron, UTC)', cell: ({ cron }) => <span className="figures">{cron}</span> },
          {
            key: 'ended',
            label: 'Last ended',
            cell: ({ endedAt }) => (endedAt === undefined ? '–' : <RelativeTime iso={endedAt} now={now} />),
          },
          { key: 'outcome', label: 'How', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
        ]}
      />
    </div>
  </details>
)

/** How much of it has run, and when something last did. */
function Work({ jobs, now }: JobsProps) {
  const ended = jobs.flatMap(({ endedAt }) => endedAt ?? [])
  const last = ended.toSorted().at(-1)
  const words = `${jobs.length} scheduled jobs, ${ended.length} of which have run`
  if (last === undefined) return words
  return (
    <>
      {words}; the last one ended <RelativeTime iso={last} now={now} />
    </>
  )
}

type Job = NonNullable<Route.ComponentProps['loaderData']['jobs']>[number]

function Outcome({ outcome }: Pick<Job, 'outcome'>) {
  if (outcome === undefined) return <Badge icon={Clock}>Not yet</Badge>
  if (outcome === 'done')
    return (
      <Badge tone="good" icon={CircleCheck}>
        Done
      </Badge>
    )
  return (
    <Badge tone="bad" icon={CircleX}>
      Failed
    </Badge>
  )
}
