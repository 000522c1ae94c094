import Download from 'lucide-react/icons/download'
import { data, redirect } from 'react-router'
import type { ReceiptPage, UseOverTime } from '#src/features/receipts/index.ts'
import { webContext } from '../../../context.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { DayChart } from '../../../ui/day-chart.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { TextField } from '../../../ui/field.tsx'
import { Pagination } from '../../../ui/pagination.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { Table } from '../../../ui/table.tsx'
import { exact, RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { AccountPage, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { askedOf, entryWords, filteredHref, filterOf, isFiltered, wordsOf } from './receipt-filter.ts'
import type { TypedFilter } from './receipt-filter.ts'
import type { Route } from './+types/receipts.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { receipts } = args.context.get(webContext).services
  const which = { subscriptionId: args.params.id, userId: viewer.id }
  const path = `/account/subscriptions/${args.params.id}/usage`
  const filter = filterOf(searchParams)
  const cursor = searchParams.get('cursor') ?? undefined
  const page = await receipts.list({ which, filter: askedOf(filter), cursor }).catch((error: unknown) => {
    // A cursor of another list, or one cut short: the first page helps more than an error.
    if (cursor !== undefined && (error as { code?: unknown }).code === 'invalid_request') {
      throw redirect(filteredHref(path, filter))
    }
    throw error
  })
  if (page === undefined) throw data(null, { status: 404 })
  const isFirst = cursor === undefined
  const use = isFirst && !isFiltered(filter) ? await receipts.useOverTime(which) : undefined
  return { page, use: use?.filter(({ isUsed }) => isUsed) ?? [], path, filter, isFirst, now: Date.now() }
}

export default function Receipts({ loaderData: { page, use, path, filter, isFirst, now } }: Route.ComponentProps) {
  const { subscription, entries, nextCursor } = page
  const isNarrow = isFiltered(filter)
  const isEmpty = entries.length === 0 && nextCursor === null && isFirst
  return (
    <AccountPage
      title={`${subscription.agent.name}: receipts`}
      current="/account/subscriptions"
      action={
        entries.length > 0 && (
          <ButtonLink kind="secondary" size="console" icon={Download} href={filteredHref(`${path}.csv`, filter)}>
            Download CSV
          </ButtonLink>
        )
      }
    >
      <p>
        <TextLink href={path.replace(/\/usage$/, '')}>Back to the subscription</TextLink>
      </p>
      {use.length > 0 && <Use use={use} />}
      <Section
        id="receipts"
        title="Every unit"
        intro="Newest first, as the agent reported it. Nothing here is ever changed or removed: what is set right is a line of its own."
      >
        {(!isEmpty || isNarrow) && <Filter page={page} path={path} filter={filter} />}
        {isEmpty ? <Nothing isNarrow={isNarrow} path={path} /> : <Entries page={page} path={path} now={now} />}
        {entries.length === 0 && nextCursor !== null && (
          <p className="text-muted">Nothing on this part fits; older lines may.</p>
        )}
        <Pagination
          previousHref={isFirst ? undefined : filteredHref(path, filter)}
          nextHref={nextCursor === null ? undefined : filteredHref(path, filter, nextCursor)}
        />
      </Section>
    </AccountPage>
  )
}

const Use = ({ use }: { use: readonly UseOverTime[] }) => (
  <Section id="use" title="The last 30 days">
    <div className="flex flex-col gap-32">
      {use.map(({ slug, displayName, unit, kind, days }) => (
        <DayChart
          key={slug}
          title={displayName}
          unit={unit}
          kind={kind === 'counter' ? 'bars' : 'level'}
          days={days.map(({ day, used }) => ({ day, value: used }))}
          caption={captionOf({ kind, unit, days })}
        />
      ))}
    </div>
  </Section>
)

function captionOf({ kind, unit, days }: Pick<UseOverTime, 'kind' | 'unit' | 'days'>): string {
  if (kind === 'gauge')
    return `Your ledger · ${(days.at(-1)?.used ?? 0).toLocaleString('en')} ${unit} today · 30 days, UTC`
  const sum = days.reduce((units, { used }) => units + (used ?? 0), 0)
  return `Your ledger · ${sum.toLocaleString('en')} ${unit} · 30 days, UTC`
}

type Entry = ReceiptPage['entries'][number]

interface EntriesProps {
  readonly page: ReceiptPage
  readonly path: string
  readonly now: number
}

function Entries({ page: { subscription, entries }, path, now }: EntriesProps) {
  const metricOf = (slug: string) => subscription.metrics.find((metric) => metric.slug === slug)
  if (entries.length === 0) return undefined
  return (
    <Table
      caption="What was used, newest first"
      size="console"
      rows={entries}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'what',
          label: 'What',
          cell: (entry) => (
            <TextLink href={`${path}/${entry.id}`}>
              {wordsOf(entry)} <span className="sr-only">on {exact(entry.occurredAt)}</span>
            </TextLink>
          ),
        },
        ...(subscription.metrics.length > 1
          ? [{ key: 'metric', label: 'Of', cell: ({ metric }: Entry) => metricOf(metric)?.displayName ?? metric }]
          : []),
        { key: 'when', label: 'When', cell: ({ occurredAt }) => <RelativeTime iso={occurredAt} now={now} /> },
        { key: 'units', label: 'Units', isFigure: true, cell: ({ delta }) => signed(delta) },
        {
          key: 'used',
          label: 'Used after',
          isFigure: true,
          cell: ({ usedAfter, limit }) => usedWords(usedAfter, limit),
        },
      ]}
    />
  )
}

const signed = (units: number): string => `${units > 0 ? '+' : '−'}${Math.abs(units).toLocaleString('en')}`

const usedWords = (used: number, limit: number | null): string =>
  `${used.toLocaleString('en')} of ${limit === null ? 'unlimited' : limit.toLocaleString('en')}`

function Filter({ page, path, filter }: { page: ReceiptPage; path: string; filter: TypedFilter }) {
  const any = { value: '', label: 'Any' }
  const metrics = page.subscription.metrics.map(({ slug, displayName }) => ({ value: slug, label: displayName }))
  const types = Object.entries(entryWords).map(([value, label]) => ({ value, label }))
  return (
    <form method="get" className="flex flex-wrap items-end gap-12">
      {metrics.length > 1 && (
        <SelectField label="Of" name="metric" options={[any, ...metrics]} defaultValue={filter.metric ?? ''} />
      )}
      <SelectField label="What" name="type" options={[any, ...types]} defaultValue={filter.type ?? ''} />
      <TextField label="From" name="from" type="date" defaultValue={filter.from} />
      <TextField label="To" name="to" type="date" defaultValue={filter.to} />
      <Button kind="secondary">Filter</Button>
      {isFiltered(filter) && <TextLink href={path}>Show all</TextLink>}
    </form>
  )
}

const Nothing = ({ isNarrow, path }: { isNarrow: boolean; path: string }) =>
  isNarrow ? (
    <EmptyState title="No line fits" action={<ButtonLink href={path}>Show all</ButtonLink>}>
      Try another kind, or more days.
    </EmptyState>
  ) : (
    <EmptyState title="Nothing used yet">
      Each unit that the agent counts appears here, with its time and its request.
    </EmptyState>
  )
