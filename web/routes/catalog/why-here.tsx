import type { RankingReason } from '#src/features/catalog/index.ts'
import ChevronDown from 'lucide-react/icons/chevron-down'
import { href } from 'react-router'
import { useLocale } from '../../locale.ts'
import { Icon } from '../../ui/icon.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { RankingSlip } from './ranking-slip.tsx'

/** Why an agent stands where it stands, from the numbers that put it there. */
export function WhyHere({ name, why }: { name: string; why: RankingReason }) {
  const locale = useLocale()
  return (
    // One name for all: opening one closes the other.
    <details className="why-here" name="why-here">
      <summary>
        Why here<VisuallyHidden>: {name}</VisuallyHidden>
        <Icon of={ChevronDown} />
      </summary>
      <div className="why-panel">
        <RankingSlip why={why} locale={locale} />
        {!why.isRanked && (
          <p className="text-14 text-muted">
            More agents match than are ranked by their words. This one follows those by its factors alone.
          </p>
        )}
        <p className="text-14">
          <a href={href('/how-ranking-works')} className="touch-target">
            How ranking works
          </a>
        </p>
      </div>
    </details>
  )
}
