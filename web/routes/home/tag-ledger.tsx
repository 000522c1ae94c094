import { VisuallyHidden } from '../../ui/visually-hidden.tsx'

interface TagEntry {
  readonly slug: string
  readonly name: string
  readonly count: number
  readonly href: string
}

/** Tags set like a ledger: name, leader, figure. */
export const TagLedger = ({ tags }: { tags: readonly TagEntry[] }) => (
  <ul className="tag-ledger">
    {tags.map(({ slug, name, count, href }) => (
      <li key={slug}>
        <a href={href} className="ledger-line">
          <span>{name}</span>
          <span className="leader" aria-hidden="true" />
          <span className="figures">
            {count}
            <VisuallyHidden> {count === 1 ? 'agent' : 'agents'}</VisuallyHidden>
          </span>
        </a>
      </li>
    ))}
  </ul>
)
