import { TextLink } from '../account-access/text-link.tsx'

interface AgentWaysProps {
  readonly slug: string
  /** Null: nobody publishes it here. */
  readonly publisherName: string | null
  readonly isUnclaimed: boolean
}

/** Whom to turn to about an agent: its publisher, or the operators; for its makers, how it becomes theirs or goes. */
export function AgentWays({ slug, publisherName, isUnclaimed }: AgentWaysProps) {
  const ways = isUnclaimed
    ? [
        { page: 'claim', label: 'Yours? Claim it' },
        { page: 'removal', label: 'Ask for removal' },
        { page: 'report', label: 'Report it' },
      ]
    : [
        ...(publisherName === null
          ? []
          : [
              { page: 'contact', label: `Write to ${publisherName}` },
              { page: 'contact?kind=demo', label: 'Ask for a demo' },
            ]),
        { page: 'report', label: 'Report it' },
      ]
  return (
    <ul className="flex flex-wrap gap-x-16 gap-y-4 text-14">
      {ways.map(({ page, label }) => (
        <li key={page}>
          <TextLink href={`/agents/${slug}/${page}`}>{label}</TextLink>
        </li>
      ))}
    </ul>
  )
}
