import { webContext } from '../../context.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import { Table } from '../../ui/table.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { OperatorPage } from '../operator/operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator/operator-request.ts'
import { reasonWords } from './review-forms.tsx'
import { reviewHref } from './review-paths.ts'
import { StarRow } from './star-row.tsx'
import type { Route } from './+types/reports.ts'

export const headers = accountHeaders

const path = '/operator/reports'

/** What people reported about reviews and nobody has decided; each leads to its review, where that is done. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = operatorRequest(args)
  const cursor = searchParams.get('cursor') ?? undefined
  const page = await orRefusal(args.context.get(webContext).services.reviews.reports({ viewer, cursor }))
  return { ...page, isFirst: cursor === undefined, now: Date.now() }
}

export default function Reports({ loaderData: { items, nextCursor, isFirst, now } }: Route.ComponentProps) {
  return (
    <OperatorPage title="Reports of reviews" current={path}>
      {items.length === 0 ? (
        <EmptyState title="Nothing waits for you">Reports of reviews stand here until somebody decides.</EmptyState>
      ) : (
        <Table
          caption="Open reports of reviews, the oldest first"
          size="console"
          rows={items}
          rowKey={({ id }) => id}
          columns={[
            { key: 'review', label: 'Review', cell: ({ agent, review }) => <Reported agent={agent} review={review} /> },
            { key: 'stars', label: 'Stars', cell: ({ review }) => review && <StarRow rating={review.rating} /> },
            { key: 'reason', label: 'Reason', cell: ({ reason }) => reasonWords(reason) },
            {
              key: 'reported',
              label: 'Reported',
              cell: ({ createdAt }) => <RelativeTime iso={createdAt} now={now} />,
            },
          ]}
        />
      )}
      <Pagination
        previousHref={isFirst ? undefined : path}
        nextHref={nextCursor === undefined ? undefined : `${path}?cursor=${nextCursor}`}
      />
    </OperatorPage>
  )
}

type Row = Route.ComponentProps['loaderData']['items'][number]

function Reported({ agent, review }: Pick<Row, 'agent' | 'review'>) {
  if (review === null) return agent.name
  return (
    <span className="wrap-anywhere">
      <TextLink href={reviewHref(agent.slug, review.id)}>
        {review.title === '' ? `A review of ${agent.name}` : `“${review.title}”, of ${agent.name}`}
      </TextLink>
    </span>
  )
}
