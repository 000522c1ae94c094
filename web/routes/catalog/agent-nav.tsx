interface AgentNavProps {
  readonly parts: readonly { readonly id: string; readonly title: string }[]
}

/** A page this short is seen at once. */
const partsMin = 3

/** The parts of a long page, in their order. */
export const AgentNav = ({ parts }: AgentNavProps) =>
  parts.length < partsMin ? null : (
    <nav aria-label="On this page" className="agent-nav">
      <ul>
        {parts.map(({ id, title }) => (
          <li key={id}>
            <a href={`#${id}`} className="nav-link">
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
