import ArrowLeft from 'lucide-react/icons/arrow-left'
import ArrowRight from 'lucide-react/icons/arrow-right'
import { ButtonLink } from './button.tsx'

interface PaginationProps {
  readonly previousHref: string | undefined
  readonly nextHref: string | undefined
  readonly label?: string
  /** What leads back, where that isn't the page before. */
  readonly previousLabel?: string
}

/** Keyset paging: only the neighbours are known, so there are no page numbers. Nothing when there is one page. */
export function Pagination({ previousHref, nextHref, label = 'Pages', previousLabel = 'Previous' }: PaginationProps) {
  if (previousHref === undefined && nextHref === undefined) return null
  return (
    <nav aria-label={label} className="flex justify-between gap-16">
      {previousHref === undefined ? (
        <span />
      ) : (
        <ButtonLink kind="secondary" href={previousHref} rel="prev" icon={ArrowLeft}>
          {previousLabel}
        </ButtonLink>
      )}
      {nextHref !== undefined && (
        <ButtonLink kind="secondary" href={nextHref} rel="next" className="flex-row-reverse">
          <span className="inline-flex items-center gap-8">
            Next
            <ArrowRight size={16} strokeWidth={1.5} aria-hidden="true" />
          </span>
        </ButtonLink>
      )}
    </nav>
  )
}
