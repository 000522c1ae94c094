import type { CollectionSummary } from '#src/features/catalog/index.ts'
import { href } from 'react-router'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'

/** Collections as sheets, each with the pictures of its first agents. */
export const CollectionGrid = ({ collections }: { collections: readonly CollectionSummary[] }) => (
  <ul className="collection-grid">
    {collections.map(({ slug, title, description, agentCount, first }) => (
      <li key={slug} className="flex">
        <a href={href('/collections/:slug', { slug })} className="collection-card">
          <h3 className="display text-22">{title}</h3>
          <p className="text-muted">{description}</p>
          <span className="collection-foot">
            <span className="flex gap-4">
              {first.map((agent) => (
                <ArchIcon key={agent.slug} slug={agent.slug} className="size-tile-m" />
              ))}
            </span>
            <span className="text-muted">{agentCount === 1 ? '1 agent' : `${agentCount} agents`}</span>
          </span>
        </a>
      </li>
    ))}
  </ul>
)
