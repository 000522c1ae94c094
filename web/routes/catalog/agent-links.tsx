import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { LucideIcon } from 'lucide-react'
import Columns2 from 'lucide-react/icons/columns-2'
import Flag from 'lucide-react/icons/flag'
import Handshake from 'lucide-react/icons/handshake'
import Mail from 'lucide-react/icons/mail'
import PencilLine from 'lucide-react/icons/pencil-line'
import Trash2 from 'lucide-react/icons/trash-2'
import { Icon } from '../../ui/icon.tsx'
import { entryHref } from '../operator/entries/facts.ts'

interface Way {
  readonly href: string
  readonly label: string
  readonly icon: LucideIcon
}

interface AgentLinksProps {
  readonly agent: AgentDetail
  readonly isOperator: boolean
}

/** Where else one gets from an agent; an unclaimed entry has nobody to write to, and its people can take it over or away. */
export function AgentLinks({ agent: { slug, isUnclaimed, publisherSlug }, isOperator }: AgentLinksProps) {
  const path = `/agents/${slug}`
  const ways: Way[] = [{ href: `/compare?agent=${slug}`, label: 'Compare with others', icon: Columns2 }]
  if (publisherSlug !== null) ways.push({ href: `${path}/contact`, label: 'Contact the publisher', icon: Mail })
  if (isUnclaimed) {
    ways.push({ href: `${path}/claim`, label: 'Is it yours? Claim it', icon: Handshake })
    ways.push({ href: `${path}/removal`, label: 'Ask for its removal', icon: Trash2 })
  }
  ways.push({ href: `${path}/report`, label: 'Report a problem', icon: Flag })
  if (isUnclaimed && isOperator) ways.push({ href: entryHref(slug), label: 'Correct its facts', icon: PencilLine })
  return (
    <ul className="agent-links">
      {ways.map(({ href, label, icon }) => (
        <li key={href}>
          <a href={href}>
            <Icon of={icon} />
            {label}
          </a>
        </li>
      ))}
    </ul>
  )
}
