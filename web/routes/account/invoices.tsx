import { data } from 'react-router'
import type { InvoiceView } from '#src/features/billing/index.ts'
import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import Clock from 'lucide-react/icons/clock'
import Minus from 'lucide-react/icons/minus'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Pagination } from '../../ui/pagination.tsx'
import { Table } from '../../ui/table.tsx'
import { Day } from '../../ui/time.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { AccountPage } from './account-page.tsx'
import { personRequest } from './person-request.ts'
import { RefusalNotice, statusOf } from './subscriptions/refusal.tsx'
import type { Route } from './+types/invoices.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const cursor = searchParams.get('cursor') ?? undefined
  const outcome = await billing.listInvoices({ userId: viewer.id, cursor })
  if (outcome === undefined) throw data(null, { status: 404 })
  return data(
    { outcome, isFirst: cursor === undefined },
    { status: outcome.kind === 'refused' ? statusOf(outcome.refusal) : 200 },
  )
}

const states = {
  paid: { label: 'Paid', tone: 'good', icon: CircleCheck },
  open: { label: 'Open', tone: 'bad', icon: Clock },
  void: { label: 'Void', tone: 'neutral', icon: Minus },
  uncollectible: { label: 'Not paid', tone: 'neutral', icon: CircleX },
} as const

/** What was charged, each with its receipt, and what is open. */
export default function Invoices({ loaderData: { outcome, isFirst } }: Route.ComponentProps) {
  return (
    <AccountPage title="Invoices" current="/account/invoices" hasErrors={outcome.kind === 'refused'}>
      {outcome.kind === 'refused' ? (
        <>
          <RefusalNotice refusal={outcome.refusal} />
          <div>
            <ButtonLink kind="secondary" size="console" href="/account/invoices">
              Look again
            </ButtonLink>
          </div>
        </>
      ) : (
        <List {...outcome.value} isFirst={isFirst} />
      )}
    </AccountPage>
  )
}

interface ListProps {
  readonly items: readonly InvoiceView[]
  readonly nextCursor: string | null
  readonly isFirst: boolean
}

function List({ items, nextCursor, isFirst }: ListProps) {
  const locale = useLocale()
  if (items.length === 0 && isFirst) {
    return (
      <EmptyState title="You have no invoice yet" action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}>
        There is one for each payment. What is free makes none.
      </EmptyState>
    )
  }
  return (
    <>
      <Table
        caption="Your invoices"
        size="console"
        rows={items}
        rowKey={({ id }) => id}
        columns={[
          { key: 'date', label: 'Date', cell: ({ date }) => <Day iso={date.toISOString()} /> },
          {
            key: 'number',
            label: 'Number',
            cell: ({ number }) => <span className="figures wrap-anywhere">{number ?? '–'}</span>,
          },
          { key: 'agent', label: 'For', cell: ({ agentName }) => agentName ?? '–' },
          {
            key: 'state',
            label: 'Status',
            cell: ({ state }) => (
              <Badge tone={states[state].tone} icon={states[state].icon}>
                {states[state].label}
              </Badge>
            ),
          },
          {
            key: 'amount',
            label: 'Amount',
            isFigure: true,
            cell: (invoice) => <Amount invoice={invoice} locale={locale} />,
          },
          { key: 'open', label: 'Action', cell: (invoice) => <Open invoice={invoice} /> },
        ]}
      />
      <Pagination
        label="Pages of invoices"
        previousHref={isFirst ? undefined : '/account/invoices'}
        nextHref={nextCursor === null ? undefined : `/account/invoices?cursor=${encodeURIComponent(nextCursor)}`}
      />
    </>
  )
}

const Amount = ({ invoice: { amount, refunded }, locale }: { invoice: InvoiceView; locale: string }) => (
  <span className="inline-flex flex-col items-end">
    {formatMoney(amount, locale)}
    {refunded.amountMinor > 0 && <span className="text-12 text-muted">{formatMoney(refunded, locale)} given back</span>}
  </span>
)

function Open({ invoice: { url, state, number, id } }: { invoice: InvoiceView }) {
  if (url === null) return '–'
  const label = state === 'open' ? 'Pay now' : 'Show'
  return (
    <a href={url} aria-label={`${label}: ${number ?? id}`}>
      {label}
    </a>
  )
}
