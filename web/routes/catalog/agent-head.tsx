import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { Rating } from '#src/features/reviews/index.ts'
import BadgeCheck from 'lucide-react/icons/badge-check'
import Star from 'lucide-react/icons/star'
import { href } from 'react-router'
import { useLocale } from '../../locale.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Icon } from '../../ui/icon.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { countWords } from '../reviews/rating-head.tsx'
import { UnclaimedBadge } from './unclaimed-badge.tsx'

interface AgentHeadProps {
  readonly agent: AgentDetail
  /** Undefined: it can't be reviewed. */
  readonly rating: Rating | undefined
}

export const AgentHead = ({ agent, rating }: AgentHeadProps) => (
  <div className="agent-head">
    <ArchIcon slug={agent.slug} className="agent-head-icon" />
    <div className="flex min-w-0 flex-col gap-12">
      <h1 className="display text-48 wrap-anywhere">
        <bdi>{agent.name}</bdi>
      </h1>
      {agent.tagline !== '' && (
        <p className="max-w-prose text-18 text-muted wrap-anywhere">
          <bdi>{agent.tagline}</bdi>
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-16 gap-y-8 text-14">
        <PublisherName agent={agent} />
        {agent.isVerified && (
          <Badge tone="good" icon={BadgeCheck}>
            Verified publisher
          </Badge>
        )}
        {agent.isUnclaimed && <UnclaimedBadge />}
        {rating !== undefined && <Rated rating={rating} />}
        {agent.installs > 0 && <Installed count={agent.installs} />}
      </div>
    </div>
  </div>
)

function PublisherName({ agent: { publisherName, publisherSlug } }: Pick<AgentHeadProps, 'agent'>) {
  if (publisherName === null) return null
  return (
    <span className="min-w-0 wrap-anywhere">
      by{' '}
      {publisherSlug === null ? (
        <bdi>{publisherName}</bdi>
      ) : (
        <TextLink href={href('/publishers/:org', { org: publisherSlug })}>
          <bdi>{publisherName}</bdi>
        </TextLink>
      )}
    </span>
  )
}

/** People, without the publisher's own and test people. */
function Installed({ count }: { count: number }) {
  const locale = useLocale()
  return (
    <span className="text-muted">
      {count === 1 ? '1 person has it installed' : `${count.toLocaleString(locale)} people have it installed`}
    </span>
  )
}

/** The figure with how many it rests on, or that there is none yet; never stars of nothing. */
function Rated({ rating: { rating, count } }: { rating: Rating }) {
  const locale = useLocale()
  if (rating === null) {
    return (
      <a href="#reviews" className="touch-target text-muted">
        {count === 0 ? 'New, no reviews yet' : `New, ${countWords(count, locale)}`}
      </a>
    )
  }
  return (
    <a href="#reviews" className="inline-flex items-center gap-4 touch-target text-ink">
      <Icon of={Star} className="star-lit text-gold" />
      <span className="figures">{rating.toLocaleString(locale, { minimumFractionDigits: 1 })}</span>
      <span className="text-muted">({countWords(count, locale)})</span>
    </a>
  )
}
