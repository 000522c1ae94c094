import type { Rating } from '#src/features/reviews/index.ts'
import { useLocale } from '../../locale.ts'
import { TextLink } from '../account-access/text-link.tsx'

const stars = [5, 4, 3, 2, 1] as const

/** The figure with how many it rests on, and how they spread. Nothing is averaged of one or two. */
export function RatingHead({ rating }: { rating: Rating }) {
  const locale = useLocale()
  const { count, distribution } = rating
  return (
    <div className="flex flex-col gap-16">
      <p className="flex flex-wrap items-baseline gap-x-8">
        {rating.rating === null ? (
          <span className="display text-28">New</span>
        ) : (
          <span className="display text-36 tabular-nums">
            {rating.rating.toLocaleString(locale, { minimumFractionDigits: 1 })}
          </span>
        )}
        <span className="text-muted">
          {rating.rating === null ? 'with' : 'from'} {countWords(count, locale)}
        </span>
      </p>
      <ul className="rating-bars" aria-label="Reviews by stars">
        {stars.map((star) => (
          <li key={star} className="rating-bar">
            <span>{star === 1 ? '1 star' : `${star} stars`}</span>
            <svg className="rating-track" width="100%" aria-hidden="true">
              <rect width={`${count === 0 ? 0 : (100 * distribution[star]) / count}%`} height="100%" />
            </svg>
            <span className="figures text-end">{distribution[star].toLocaleString(locale)}</span>
          </li>
        ))}
      </ul>
      <p className="text-14 text-muted">
        {rating.mean === null ? (
          'An average is shown from three reviews on.'
        ) : (
          <>
            Weighted as in <TextLink href="/how-ranking-works">the ranking</TextLink>, with ten times 3.5 counted in.
            The plain average is {rating.mean.toLocaleString(locale, { minimumFractionDigits: 1 })}.
          </>
        )}
      </p>
    </div>
  )
}

export const countWords = (count: number, locale: string): string =>
  count === 1 ? '1 review' : `${count.toLocaleString(locale)} reviews`
