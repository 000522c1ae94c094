import ChevronDown from 'lucide-react/icons/chevron-down'
import Square from 'lucide-react/icons/square'
import SquareCheck from 'lucide-react/icons/square-check'
import type { AgentPage, TagCount } from '#src/features/catalog/index.ts'
import { useLocale } from '../../locale.ts'
import { Icon } from '../../ui/icon.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import {
  agentsHref,
  type AgentsFilters,
  type AgentsQuery,
  priceLabels,
  statusLabels,
  toggled,
  trialLabel,
  verifiedLabel,
  withFilters,
} from './agents-query.ts'

/** Values that stand open; the others are one press away, unless they are so few that a press would save nothing. */
const openMax = 10
const hiddenMin = 5

interface FacetsProps {
  readonly facets: AgentPage['facets']
  readonly query: AgentsQuery
  /** Tells the headings of the two places apart, since both are in the page. */
  readonly place: 'rail' | 'sheet'
}

/** What the present list can be narrowed by: each value a link to the list with it, or without it where it is in force. */
export function Facets({ facets, query, place }: FacetsProps) {
  const choice = (label: string, count: number, filters: AgentsFilters, isInForce: boolean): Choice => ({
    label,
    count,
    isInForce,
    href: agentsHref(withFilters(query, filters)),
  })
  const tagChoice = ({ slug, name, count }: TagCount): Choice =>
    choice(name, count, { tags: toggled(query.tags, slug) }, query.tags.includes(slug))
  const tags = facets.tags.map(tagChoice).toSorted((a, b) => Number(b.isInForce) - Number(a.isInForce))
  return (
    <div className="facets">
      <FacetGroup
        id={`${place}-price`}
        title="Price"
        choices={facets.prices.map(({ value, count }) =>
          choice(priceLabels[value], count, { prices: toggled(query.prices, value) }, query.prices.includes(value)),
        )}
      />
      <FacetGroup
        id={`${place}-only`}
        title="Only"
        choices={[
          choice(trialLabel, facets.withTrial, { hasTrial: !query.hasTrial }, query.hasTrial),
          choice(verifiedLabel, facets.verified, { isVerified: !query.isVerified }, query.isVerified),
        ]}
      />
      <FacetGroup
        id={`${place}-status`}
        title="Status"
        choices={facets.statuses.map(({ value, count }) =>
          choice(
            statusLabels[value],
            count,
            { statuses: toggled(query.statuses, value) },
            query.statuses.includes(value),
          ),
        )}
      />
      {tags.length > 0 && <FacetGroup id={`${place}-tags`} title="Tags" choices={tags} />}
    </div>
  )
}

interface Choice {
  readonly label: string
  readonly count: number
  readonly href: string
  readonly isInForce: boolean
}

function FacetGroup({ id, title, choices }: { id: string; title: string; choices: readonly Choice[] }) {
  const openCount = choices.length < openMax + hiddenMin ? choices.length : openMax
  const open = choices.slice(0, openCount)
  const more = choices.slice(openCount)
  return (
    <nav aria-labelledby={id}>
      <h2 id={id} className="facet-title">
        {title}
      </h2>
      <ChoiceList choices={open} />
      {more.length > 0 && (
        <details className="facet-more">
          <summary>
            {more.length} more <Icon of={ChevronDown} />
          </summary>
          <ChoiceList choices={more} />
        </details>
      )}
    </nav>
  )
}

const ChoiceList = ({ choices }: { choices: readonly Choice[] }) => (
  <ul>
    {choices.map((choice) => (
      <li key={choice.label}>
        <FacetChoice {...choice} />
      </li>
    ))}
  </ul>
)

/** A value that nobody has stays where it is, without a link. */
function FacetChoice({ label, count, href, isInForce }: Choice) {
  const figure = count.toLocaleString(useLocale())
  if (count === 0 && !isInForce) {
    return (
      <span className="facet-link facet-none">
        <Icon of={Square} />
        <span>{label}</span>
        <span className="figures ms-auto">
          0<VisuallyHidden> agents</VisuallyHidden>
        </span>
      </span>
    )
  }
  return (
    <a href={href} className="facet-link" aria-current={isInForce ? 'true' : undefined}>
      <Icon of={isInForce ? SquareCheck : Square} />
      <span>
        {label}
        {isInForce && <VisuallyHidden> (in force, follow to remove)</VisuallyHidden>}
      </span>
      <span className="figures ms-auto">
        {figure}
        <VisuallyHidden> {count === 1 ? 'agent' : 'agents'}</VisuallyHidden>
      </span>
    </a>
  )
}
