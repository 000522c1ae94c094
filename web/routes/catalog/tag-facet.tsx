import type { TagCount } from '#src/features/catalog/index.ts'
import Check from 'lucide-react/icons/check'
import { Icon } from '../../ui/icon.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { agentsHref, type AgentsQuery, toggleTag } from './agents-query.ts'

/** Tags of the present result, each a link to the search with it, or without it when it is in force. */
export function TagFacet({ tags, query }: { tags: readonly TagCount[]; query: AgentsQuery }) {
  if (tags.length === 0) return null
  return (
    <nav aria-label="Tags">
      <h2 className="hidden pb-8 text-14 font-medium lg:block">Tags</h2>
      <ul>
        {tags.map((tag) => (
          <li key={tag.slug}>
            <a
              href={agentsHref(toggleTag(query, tag.slug))}
              className="facet-link"
              aria-current={query.tags.includes(tag.slug) ? 'true' : undefined}
            >
              <span>{tag.name}</span>
              {query.tags.includes(tag.slug) && <Icon of={Check} label="in force, follow to remove" />}
              <span className="figures ms-auto">
                {tag.count}
                <VisuallyHidden> {tag.count === 1 ? 'agent' : 'agents'}</VisuallyHidden>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
