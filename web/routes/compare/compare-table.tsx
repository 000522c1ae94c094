import type { ComparedAgent } from '#src/features/catalog/index.ts'
import EqualNot from 'lucide-react/icons/equal-not'
import X from 'lucide-react/icons/x'
import { href } from 'react-router'
import { useLocale } from '../../locale.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Icon } from '../../ui/icon.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { compareHref, type CompareQuery } from './compare-query.ts'
import { compareRows, type CompareRow } from './compare-rows.tsx'

interface CompareTableProps {
  readonly agents: readonly ComparedAgent[]
  readonly query: CompareQuery
}

/** Facts as rows, agents as columns; on narrow screens each row is a list of who says what. */
export function CompareTable({ agents, query }: CompareTableProps) {
  const rows = compareRows(useLocale()).map((row) => ({ row, isDifferent: differs(row, agents) }))
  const shown = query.onlyDifferences ? rows.filter(({ isDifferent }) => isDifferent) : rows
  return (
    <table className="compare">
      <caption className="sr-only">{agents.map(({ name }) => name).join(' and ')} side by side</caption>
      <thead>
        <tr>
          <th scope="col">
            <VisuallyHidden>Fact</VisuallyHidden>
          </th>
          {agents.map((agent) => (
            <th key={agent.slug} scope="col">
              <AgentHeading agent={agent} removeHref={without(agent, agents, query)} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ row, isDifferent }) => (
          <tr key={row.label} className={isDifferent ? undefined : 'compare-same'}>
            <th scope="row">
              <span className="compare-label">
                {row.label}
                {isDifferent && <DifferenceMark />}
              </span>
            </th>
            {agents.map((agent) => (
              <td key={agent.slug} data-label={agent.name}>
                <div className="min-w-0">{row.show?.(agent) ?? row.text(agent)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const differs = (row: CompareRow, agents: readonly ComparedAgent[]): boolean =>
  new Set(agents.map((agent) => row.text(agent))).size > 1

/** A sign with words, because colour alone says nothing to some. */
export const DifferenceMark = () => (
  <>
    <Icon of={EqualNot} className="text-gold" />
    <VisuallyHidden> (differs)</VisuallyHidden>
  </>
)

const without = (agent: ComparedAgent, agents: readonly ComparedAgent[], query: CompareQuery): string =>
  compareHref({ ...query, agents: agents.filter((other) => other !== agent).map(({ slug }) => slug) })

/** Who stands in a column, and the way to take them out. */
export const AgentHeading = ({ agent, removeHref }: { agent: ComparedAgent; removeHref: string }) => (
  <div className="compare-agent">
    <ArchIcon slug={agent.slug} className="size-tile" />
    <div>
      <a href={href('/agents/:slug', { slug: agent.slug })} className="text-18 font-medium">
        {agent.name}
      </a>
      <p className="text-14 font-regular text-muted">{agent.tagline}</p>
    </div>
    <a href={removeHref} className="icon-button" aria-label={`Remove ${agent.name} from the comparison`}>
      <Icon of={X} size={20} />
    </a>
  </div>
)
