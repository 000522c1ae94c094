interface AgentNavProps {
  readonly parts: readonly { readonly id: string; readonly title: string }[]
}

/** The parts of a long page, in their order. */
export const AgentNav = ({ parts }: AgentNavProps) => (
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
