import Plus from 'lucide-react/icons/plus'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { compareHref, type CompareQuery } from './compare-query.ts'

export interface Choice {
  readonly slug: string
  readonly name: string
  readonly tagline: string
}

interface AddAgentProps {
  readonly query: CompareQuery
  /** Agents that are in the comparison. */
  readonly present: readonly string[]
  /** Found for what was typed. */
  readonly found: readonly Choice[]
  /** Agents like those present, for who has no name in mind. */
  readonly alternatives: readonly Choice[]
  /** Nothing can be compared yet, so that adding is what the page is for. */
  readonly isFirst: boolean
}

/** Adds by name: an exact name at once, anything else by choosing from what was found. */
export function AddAgent({ query, present, found, alternatives, isFirst }: AddAgentProps) {
  const isUnknown = query.add !== '' && found.length === 0
  const choices = found.length > 0 ? found : alternatives
  return (
    <section aria-labelledby="add-heading" className="flex flex-col gap-16">
      <h2 id="add-heading" className="display text-22">
        {present.length === 0 ? 'Choose an agent' : 'Add an agent'}
      </h2>
      <form action="/compare" className="flex max-w-lede flex-wrap items-start gap-8">
        {present.map((slug) => (
          <input key={slug} type="hidden" name="agent" value={slug} />
        ))}
        {query.onlyDifferences && <input type="hidden" name="show" value="differences" />}
        <div className="min-w-0 flex-1">
          <TextField
            label="Name of an agent"
            name="add"
            type="search"
            defaultValue={query.add}
            required
            maxLength={200}
            autoComplete="off"
            error={
              isUnknown
                ? { message: `No agent has a name like “${query.add}”.`, remedy: 'Try the first letters of it.' }
                : undefined
            }
          />
        </div>
        <Button kind={isFirst ? 'ink' : 'secondary'} className="compare-add">
          Add
        </Button>
      </form>
      {choices.length > 0 && (
        <>
          <p className="text-14 text-muted">{found.length > 0 ? 'Did you mean:' : 'With the most tags in common:'}</p>
          <ul className="compare-choices">
            {choices.map(({ slug, name, tagline }) => (
              <li key={slug} className="flex">
                <a href={compareHref({ ...query, agents: [...present, slug] })} className="compare-choice">
                  <ArchIcon slug={slug} className="size-tile-m" />
                  <span className="min-w-0 flex-1">
                    <span className="block font-medium">{name}</span>
                    <span className="block text-14 text-muted">{tagline}</span>
                  </span>
                  <Icon of={Plus} size={20} label="Add" />
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
