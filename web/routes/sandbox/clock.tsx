import { data, redirect } from 'react-router'
import type { SandboxClock } from '#src/features/sandbox/index.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { type FieldError, TextField } from '../../ui/field.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SandboxBanner } from '../../ui/sandbox-banner.tsx'
import { Table } from '../../ui/table.tsx'
import { Day, exact, RelativeTime } from '../../ui/time.tsx'
import { textOf } from '../account-access/account-request.ts'
import { Section } from '../account/account-page.tsx'
import { OperatorPage } from '../operator/operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator/operator-request.ts'
import { happeningWords, targetOf } from './clock-words.ts'
import { sandboxHeaders, sandboxRequest } from './sandbox-request.ts'
import { countWords } from './words.ts'
import type { Route } from './+types/clock.ts'

export const headers = sandboxHeaders

export async function loader(args: Route.LoaderArgs) {
  const { sandbox } = sandboxRequest(args)
  const { viewer, searchParams } = operatorRequest(args)
  const clock = await orRefusal(sandbox.readClock(viewer))
  return { clock, happened: countOf(searchParams, 'happened'), delivered: countOf(searchParams, 'delivered') }
}

/** What the action left in the address; undefined: nothing that could have come from it. */
function countOf(searchParams: URLSearchParams, name: string): number | undefined {
  const text = searchParams.get(name) ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

export async function action(args: Route.ActionArgs) {
  const { sandbox } = sandboxRequest(args)
  const { viewer } = operatorRequest(args)
  const form = await args.request.formData()
  const kept = { date: textOf(form, 'date') }
  const clock = await orRefusal(sandbox.readClock(viewer))
  const target = targetOf({ by: textOf(form, 'by'), date: kept.date, clock })
  if (target.kind === 'refused') return data({ kept, error: target.error }, { status: 400 })
  const disorder = { isTwice: form.has('twice'), isShuffled: form.has('shuffled'), isDelayed: form.has('delayed') }
  const moved = await orRefusal(sandbox.advanceClock(viewer, { target, disorder }).catch(ifOvertaken))
  return redirect(
    moved === undefined ? '/sandbox/clock' : `/sandbox/clock?happened=${moved.happened}&delivered=${moved.delivered}`,
    303,
  )
}

/** Somebody else has moved the clock there meanwhile: the page shows where it is. */
function ifOvertaken(error: unknown): undefined {
  const { code } = error as { code?: unknown }
  if (code !== 'invalid_request' && code !== 'conflict') throw error
}

const steps = [
  { by: 'hour', label: '+1 hour' },
  { by: 'day', label: '+1 day' },
  { by: 'week', label: '+1 week' },
  { by: 'month', label: '+1 month' },
] as const

export default function ClockPage({ loaderData, actionData }: Route.ComponentProps) {
  const { clock, happened, delivered } = loaderData
  const [next] = clock.upcoming
  return (
    <>
      <SandboxBanner />
      <OperatorPage title="Sandbox clock" current="/sandbox/clock">
        <p className="max-w-prose text-muted">
          Trials, billing periods, retries and graces go by this clock. Move it forward, and what is due by then
          happens; it never goes back.
        </p>
        {actionData === undefined && happened !== undefined && delivered !== undefined && (
          <Notice tone="good" title={`${countWords(happened, 'thing')} happened at Stripe`}>
            {countWords(delivered, 'webhook')} delivered.
          </Notice>
        )}
        <Figures clock={clock} />
        <form method="post" noValidate className="flex flex-col gap-24">
          <div className="flex flex-wrap gap-12">
            {steps.map(({ by, label }) => (
              <Button key={by} kind="secondary" name="by" value={by}>
                {label}
              </Button>
            ))}
            {next !== undefined && (
              <Button name="by" value="next_due">
                To the next thing due
              </Button>
            )}
          </div>
          <DateField clock={clock} value={actionData?.kept.date} error={actionData?.error} />
          <fieldset className="flex flex-col">
            <legend className="text-14 font-medium">Webhooks of this go</legend>
            <Checkbox name="twice" label="Deliver twice" />
            <Checkbox name="shuffled" label="Shuffle" />
            <Checkbox name="delayed" label="Delay each by up to a minute" />
          </fieldset>
        </form>
        <Section id="upcoming" title="Due next">
          {next === undefined ? (
            <EmptyState title="Nothing is due">
              Subscribe to something that costs, and its renewal shows here.
            </EmptyState>
          ) : (
            <Upcoming clock={clock} />
          )}
        </Section>
      </OperatorPage>
    </>
  )
}

const hourMs = 3_600_000

function Figures({ clock: { now, offsetMs, undelivered } }: { clock: SandboxClock }) {
  const hours = Math.floor(offsetMs / hourMs)
  const ahead = hours < 48 ? { count: hours, unit: 'hour' } : { count: Math.floor(hours / 24), unit: 'day' }
  return (
    <KeyFigures
      figures={[
        { label: 'Business time', value: <Day iso={now} />, unit: `${now.slice(11, 16)} UTC` },
        {
          label: 'Ahead of real time',
          value: ahead.count.toLocaleString('en'),
          unit: ahead.count === 1 ? ahead.unit : `${ahead.unit}s`,
        },
        { label: 'Webhooks on their way', value: undelivered.toLocaleString('en') },
      ]}
    />
  )
}

interface DateFieldProps {
  readonly clock: SandboxClock
  readonly value: string | undefined
  readonly error: FieldError | undefined
}

const DateField = ({ clock, value, error }: DateFieldProps) => (
  <div className="flex max-w-form flex-wrap items-start gap-12">
    <div className="flex-1">
      <TextField
        type="date"
        label="Or to the beginning of a day"
        name="date"
        hint="In UTC, at most five years ahead."
        max={clock.furthest.slice(0, 10)}
        defaultValue={value}
        error={error}
      />
    </div>
    <Button kind="secondary" name="by" value="date" className="beside-field">
      Go there
    </Button>
  </div>
)

const Upcoming = ({ clock: { upcoming, now } }: { clock: SandboxClock }) => (
  <Table
    caption="What is due next, soonest first"
    size="console"
    rows={upcoming}
    rowKey={({ objectId }) => objectId}
    columns={[
      { key: 'at', label: 'When', cell: ({ at }) => <RelativeTime iso={at} now={Date.parse(now)} /> },
      { key: 'date', label: 'Date', cell: ({ at }) => <span className="figures">{exact(at)}</span> },
      { key: 'what', label: 'What', cell: ({ what }) => happeningWords[what] },
      { key: 'about', label: 'Of', cell: ({ about }) => about || '–' },
    ]}
  />
)
