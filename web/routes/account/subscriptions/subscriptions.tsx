import { data } from 'react-router'
import { webContext } from '../../../context.ts'
import { useLocale } from '../../../locale.ts'
import { ArchIcon } from '../../../ui/arch/arch-icon.tsx'
import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { Pagination } from '../../../ui/pagination.tsx'
import { Table } from '../../../ui/table.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { AccountPage } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { StatusBadge } from './status.tsx'
import { isOver, nextWords } from './words.ts'
import type { Route } from './+types/subscriptions.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const cursor = searchParams.get('cursor') ?? undefined
  const page = await billing.list({ userId: viewer.id, cursor })
  if (page?.kind !== 'ok') throw data(null, { status: 404 })
  return { ...page.value, isFirst: cursor === undefined }
}

/** All that somebody has and had. */
export default function Subscriptions({ loaderData: { items, nextCursor, isFirst } }: Route.ComponentProps) {
  const locale = useLocale()
  return (
    <AccountPage title="Subscriptions" current="/account/subscriptions">
      {items.length === 0 ? (
        <EmptyState
          title="You have no subscription yet"
          action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}
        >
          What you start at an agent is listed here, with what it costs and how to end it.
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Your subscriptions"
            size="console"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'agent',
                label: 'Agent',
                cell: ({ id, agent }) => (
                  <a
                    href={`/account/subscriptions/${id}`}
                    className="inline-flex items-center gap-8 align-middle font-medium"
                  >
                    <ArchIcon slug={agent.slug} className="size-tile-s" />
                    {agent.name}
                  </a>
                ),
              },
              { key: 'tier', label: 'Tier', cell: ({ tier }) => tier.name },
              {
                key: 'price',
                label: 'Price',
                cell: ({ price }) =>
                  price === null ? (
                    'Free'
                  ) : (
                    <span>
                      <span className="figures">{formatMoney(price, locale)}</span>{' '}
                      <span className="text-muted">per {price.interval}</span>
                    </span>
                  ),
              },
              { key: 'status', label: 'Status', cell: (subscription) => <StatusBadge subscription={subscription} /> },
              {
                key: 'next',
                label: 'Next charge',
                cell: (subscription) => (isOver(subscription) ? '–' : nextWords(subscription, locale)),
              },
            ]}
          />
          <Pagination
            label="Pages of subscriptions"
            previousHref={isFirst ? undefined : '/account/subscriptions'}
            nextHref={
              nextCursor === null ? undefined : `/account/subscriptions?cursor=${encodeURIComponent(nextCursor)}`
            }
          />
        </>
      )}
    </AccountPage>
  )
}
