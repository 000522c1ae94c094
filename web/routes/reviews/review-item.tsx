import Gauge from 'lucide-react/icons/gauge'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { Prose } from '../../ui/prose.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import type { RenderedReview } from './rendered.server.ts'
import { StarRow } from './star-row.tsx'
import { wordsOfUse } from './words-of-use.ts'

interface ReviewItemProps {
  readonly review: RenderedReview
  /** Milliseconds since 1970. */
  readonly now: number
  readonly heading?: 'h2' | 'h3'
  /** Where somebody answers, reports or changes it. */
  readonly action?: { readonly href: string; readonly label: string }
}

/** One review as a reader meets it: how many stars, by whom, on what use, and what the publisher says to it. */
export function ReviewItem({ review, now, heading: Heading = 'h2', action }: ReviewItemProps) {
  const { id, rating, title, author, use, html, reply, createdAt, editedAt } = review
  const locale = useLocale()
  return (
    <article id={`review-${id}`} aria-label={`Review by ${author}`} className="review">
      <div className="flex flex-wrap items-center gap-x-16 gap-y-8">
        <StarRow rating={rating} />
        {use !== null && (
          <Badge tone="good" icon={Gauge}>
            {wordsOfUse(use, locale)}
          </Badge>
        )}
      </div>
      {title !== '' && (
        <Heading className="text-18 font-medium wrap-anywhere">
          <bdi>{title}</bdi>
        </Heading>
      )}
      {review.body !== '' && (
        <div dir="auto">
          <Prose html={html} />
        </div>
      )}
      <p className="flex flex-wrap gap-x-8 text-14 text-muted">
        <span className="wrap-anywhere">
          <bdi>{author}</bdi>
        </span>
        <span aria-hidden="true">·</span>
        <RelativeTime iso={createdAt} now={now} />
        {editedAt !== null && (
          <span>
            (changed <RelativeTime iso={editedAt} now={now} />)
          </span>
        )}
        {action !== undefined && (
          <>
            <span aria-hidden="true">·</span>
            <a href={action.href} className="underline underline-offset-link touch-target">
              {action.label}
              <span className="sr-only"> the review by {author}</span>
            </a>
          </>
        )}
      </p>
      {reply !== null && (
        <div className="review-reply">
          <p className="text-14 text-muted wrap-anywhere">
            <bdi className="font-medium text-ink">{reply.by}</bdi> answered{' '}
            <RelativeTime iso={reply.repliedAt} now={now} />
          </p>
          <div dir="auto">
            <Prose html={reply.html} />
          </div>
        </div>
      )}
    </article>
  )
}
