import { data, href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Pagination } from '../../ui/pagination.tsx'
import { noticeOf } from '../account/account-page.tsx'
import { HiddenNotice } from './hidden-notice.tsx'
import { RatingHead } from './rating-head.tsx'
import { renderReview } from './rendered.server.ts'
import { ReviewItem } from './review-item.tsx'
import { reviewHref, reviewsHref, sortLabels, sortOf, writeHref } from './review-paths.ts'
import type { PageSort } from './review-paths.ts'
import type { Route } from './+types/reviews.ts'

const notices = {
  saved: { title: 'Your review is saved' },
  deleted: { title: 'Your review is deleted' },
  reported: { title: 'Thank you for the report', text: 'An operator looks at it. The review stays until then.' },
  replied: { title: 'Your answer is saved' },
  'reply-removed': { title: 'Your answer is removed' },
  hide: { title: 'The review is hidden', text: 'Its author reads why.' },
  unhide: { title: 'The review is shown again' },
  keep: { title: 'The review stays', text: 'Its reports are dismissed.' },
}

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, params, request }: Route.LoaderArgs) {
  const { services, viewer } = context.get(webContext)
  const { searchParams } = new URL(request.url)
  const sort = sortOf(searchParams.get('sort'))
  const cursor = searchParams.get('cursor') ?? undefined
  const { slug } = params
  const found = await services.reviews.list({ slug, sort, cursor, viewerId: viewer?.id }).catch((error: unknown) => {
    // A cursor of another order, or one cut short: the first page helps more than an error.
    if (cursor !== undefined && (error as { code?: unknown }).code === 'invalid_request') {
      throw redirect(reviewsHref({ slug, sort }))
    }
    throw error
  })
  if (found.kind === 'missing') throw data(null, { status: 404 })
  if (found.kind === 'moved') throw redirect(reviewsHref({ slug: found.slug, sort }), 301)
  const items = found.items.map(renderReview)
  return {
    ...found,
    items,
    sort,
    isFirst: cursor === undefined,
    notice: noticeOf(notices, searchParams),
    now: Date.now(),
  }
}

export default function Reviews({ loaderData }: Route.ComponentProps) {
  const { slug, name, rating, own, sort, isFirst, notice } = loaderData
  const ownReview = own?.review ?? undefined
  const title = `Reviews of ${name}`
  return (
    <div className="wrap-page flex flex-col gap-24 pt-32">
      <PageMeta
        title={title}
        description={`What people say who have used ${name}.`}
        canonicalPath={isFirst && sort === 'newest' ? reviewsHref({ slug }) : undefined}
      />
      <Breadcrumbs
        crumbs={[
          { label: 'Agents', href: href('/agents') },
          { label: name, href: href('/agents/:slug', { slug }) },
          { label: 'Reviews' },
        ]}
      />
      <h1 className="display text-36 wrap-anywhere">{title}</h1>
      {notice !== undefined && (
        <Notice tone="good" title={notice.title}>
          {notice.text}
        </Notice>
      )}
      {ownReview?.hidden != null && <HiddenNotice reason={ownReview.hidden.reason} />}
      {rating.count === 0 ? (
        <EmptyState
          title={`Nobody has reviewed ${name} yet`}
          action={<WriteLink slug={slug} hasOne={ownReview !== undefined} />}
        >
          Be the first: sign in to it on two different days, then say how it was.
        </EmptyState>
      ) : (
        <div className="reviews-page">
          <aside aria-label="Rating" className="flex flex-col gap-24">
            <RatingHead rating={rating} />
            <div className="flex flex-col gap-12">
              <WriteLink slug={slug} hasOne={ownReview !== undefined} />
              <p className="text-14 text-muted">
                By people who signed in to {name} on two different days or more, never by its publisher’s own.
              </p>
            </div>
          </aside>
          <List {...loaderData} />
        </div>
      )}
    </div>
  )
}

const WriteLink = ({ slug, hasOne }: { slug: string; hasOne: boolean }) => (
  <ButtonLink href={writeHref(slug)}>{hasOne ? 'Change your review' : 'Write a review'}</ButtonLink>
)

function List({ slug, items, own, sort, isFirst, nextCursor, now }: Route.ComponentProps['loaderData']) {
  const label = own?.obstacle === 'publishers_member' ? 'Answer or report' : 'Report'
  const actionOf = (id: string) =>
    id === own?.review?.id ? { href: writeHref(slug), label: 'Change' } : { href: reviewHref(slug, id), label }
  return (
    <div className="flex min-w-0 flex-col gap-16">
      <nav aria-label="Order" className="flex flex-wrap gap-x-16 gap-y-8 text-14">
        {(Object.keys(sortLabels) as PageSort[]).map((order) => (
          <a
            key={order}
            href={reviewsHref({ slug, sort: order })}
            aria-current={order === sort ? 'true' : undefined}
            className="sort-link touch-target"
          >
            {sortLabels[order]}
          </a>
        ))}
      </nav>
      <div className="ledger-list">
        {items.map((review) => (
          <ReviewItem key={review.id} review={review} now={now} action={actionOf(review.id)} />
        ))}
      </div>
      <Pagination
        label="Pages of reviews"
        previousHref={isFirst ? undefined : reviewsHref({ slug, sort })}
        nextHref={nextCursor === undefined ? undefined : reviewsHref({ slug, sort, cursor: nextCursor })}
      />
    </div>
  )
}
