import type { AgentPage } from '#src/features/catalog/index.ts'
import { AgentCard } from './agent-card.tsx'
import { WhyHere } from './why-here.tsx'

/** Results in their order, each with its reason where words were looked for. */
export const FoundAgents = ({ agents }: { agents: AgentPage['items'] }) => (
  <ul className="agent-grid">
    {agents.map((agent) => (
      <li key={agent.slug} className="found-agent">
        <AgentCard agent={agent} heading="h2" />
        {agent.why !== undefined && <WhyHere name={agent.name} why={agent.why} />}
      </li>
    ))}
  </ul>
)
