import { href } from 'react-router'
import { useLocale } from '../../locale.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { AgentSection } from '../catalog/agent-section.tsx'
import { countWords, RatingHead } from './rating-head.tsx'
import type { RenderedSummary } from './rendered.server.ts'
import { ReviewItem } from './review-item.tsx'
import { reviewHref, writeHref } from './review-paths.ts'

/** The reviews on an agent's page: the figure, the newest few, and the way to all. No stars where there are none. */
export function ReviewSummary({ summary, now }: { summary: RenderedSummary; now: number }) {
  const { slug, name, rating, items } = summary
  const locale = useLocale()
  if (rating.count === 0) {
    return (
      <AgentSection id="reviews" title="Reviews">
        <p className="max-w-prose text-muted wrap-anywhere">
          No reviews yet. Be the first: sign in to <bdi>{name}</bdi> on two different days, then say how it was.
        </p>
        <p>
          <ButtonLink kind="secondary" href={writeHref(slug)}>
            Write a review
          </ButtonLink>
        </p>
      </AgentSection>
    )
  }
  return (
    <AgentSection id="reviews" title="Reviews">
      <div className="max-w-form">
        <RatingHead rating={rating} />
      </div>
      <div className="ledger-list">
        {items.map((review) => (
          <ReviewItem
            key={review.id}
            review={review}
            now={now}
            heading="h3"
            action={{ href: reviewHref(slug, review.id), label: 'Report' }}
          />
        ))}
      </div>
      <div className="flex flex-wrap gap-12">
        {rating.count > items.length && (
          <ButtonLink kind="secondary" href={href('/agents/:slug/reviews', { slug })}>
            Read all {countWords(rating.count, locale)}
          </ButtonLink>
        )}
        <ButtonLink kind="secondary" href={writeHref(slug)}>
          Write a review
        </ButtonLink>
      </div>
    </AgentSection>
  )
}
