import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { agentsHref, type AgentsQuery, withoutFilters } from './agents-query.ts'

/** Words that a shorter search keeps. */
const keptWords = 2

/** A search that was given up because it took too long: nothing of it is lost, and each way on is one press away. */
export function RefineSearch({ query }: { query: AgentsQuery }) {
  const shorter = shortened(query.q)
  const again = { ...query, cursor: undefined }
  return (
    <EmptyState
      title="This search took too long"
      action={
        shorter === undefined ? (
          <ButtonLink href={agentsHref(query)}>Try again</ButtonLink>
        ) : (
          <ButtonLink href={agentsHref({ ...again, q: shorter })}>Search for “{shorter}”</ButtonLink>
        )
      }
    >
      <p>It was stopped after two seconds, so that everybody else’s is quick. What you typed is kept above.</p>
      <ul className="refine-ways">
        <li>Use fewer words, and rarer ones: what sets the agent apart, or its name.</li>
        {shorter !== undefined && (
          <li>
            The shop may just be busy: <a href={agentsHref(query)}>try the same again</a>.
          </li>
        )}
        {query.q !== '' && query.tags.length === 0 && (
          <li>
            Or leave the words and <a href={agentsHref({ ...again, q: '' })}>look through the tags</a>.
          </li>
        )}
        {query.sort !== 'relevance' && (
          <li>
            Or let the <a href={agentsHref({ ...again, sort: 'relevance' })}>best match</a> come first.
          </li>
        )}
        {query.q === '' && (
          <li>
            Or begin with <a href={agentsHref({ ...withoutFilters(query), sort: 'relevance' })}>all agents</a>.
          </li>
        )}
      </ul>
    </EmptyState>
  )
}

/** The longest words, which tend to be the rarest, in the order in which they were typed. */
function shortened(q: string): string | undefined {
  const words = q.split(/\s+/).filter((word) => word !== '')
  if (words.length <= keptWords) return undefined
  const kept = words.toSorted((a, b) => b.length - a.length).slice(0, keptWords)
  return words
    .filter((word) => kept.includes(word))
    .slice(0, keptWords)
    .join(' ')
}
