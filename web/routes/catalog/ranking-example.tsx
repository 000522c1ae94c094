import type { AgentPage } from '#src/features/catalog/index.ts'
import { href } from 'react-router'
import { RankingSlip } from './ranking-slip.tsx'

/** The first agents of a search with their scores, and which part tells them apart. */
export function RankingExample({ agents, locale }: { agents: readonly AgentPage['items'][number][]; locale: string }) {
  const explained = agents.flatMap(({ slug, name, why }) => (why === undefined ? [] : [{ slug, name, why }]))
  return (
    <ol className="slip-cards">
      {explained.map(({ slug, name, why }, place) => (
        <li key={slug} className="slip-card">
          <h3 className="text-18 font-medium">
            {place + 1}. <a href={href('/agents/:slug', { slug })}>{name}</a>
          </h3>
          <RankingSlip why={why} locale={locale} />
        </li>
      ))}
    </ol>
  )
}
