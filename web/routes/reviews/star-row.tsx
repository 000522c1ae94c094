import Star from 'lucide-react/icons/star'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'

const places = [1, 2, 3, 4, 5] as const

/** Stars of one review: filled ones counted in words, too. */
export const StarRow = ({ rating }: { rating: number }) => (
  <span className="inline-flex gap-4">
    <VisuallyHidden>{rating} of 5 stars</VisuallyHidden>
    {places.map((place) => (
      <Star
        key={place}
        size={16}
        strokeWidth={1.5}
        aria-hidden="true"
        className={place <= rating ? 'star-lit' : 'text-control'}
      />
    ))}
  </span>
)
