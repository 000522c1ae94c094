import type { Deps } from '#src/deps.ts'
import { isLegalPage, legalCharactersMax } from '../legal/pages.ts'
import type { SaveOutcome } from './outcome.ts'
import { writeSettings } from './write-settings.ts'

export interface LegalForm {
  readonly page: string
  /** Markdown as typed; empty: not published. */
  readonly markdown: string
}

/** A text that changes becomes its next version. One that is taken back keeps its number, so that no two have the same. */
export async function saveLegal(
  deps: Pick<Deps, 'db' | 'site'>,
  { operatorId, form }: { readonly operatorId: string; readonly form: LegalForm },
): Promise<SaveOutcome> {
  const { page } = form
  const markdown = form.markdown.replaceAll('\r\n', '\n').trim()
  const error = errorOf(markdown)
  if (error !== undefined) return { kind: 'invalid', errors: { markdown: error } }
  if (!isLegalPage(page)) return { kind: 'invalid', errors: { markdown: 'There is no such page.' } }
  await writeSettings(deps, {
    operatorId,
    action: 'site.set_legal',
    change: async ({ legal }) => {
      const before = legal[page]
      if (markdown === (before?.markdown ?? '')) return undefined
      const isPublished = markdown !== ''
      const version = (before?.version ?? 0) + (isPublished ? 1 : 0)
      const updatedAt = new Date().toISOString()
      return {
        set: { legal: { ...legal, [page]: { markdown, version, updatedAt } } },
        metadata: { page, isPublished, version },
      }
    },
  })
  return { kind: 'saved' }
}

function errorOf(markdown: string): string | undefined {
  if (markdown.length > legalCharactersMax) {
    const [length, most] = [markdown.length, legalCharactersMax].map((count) => count.toLocaleString('en'))
    return `The text has ${length} characters; at most ${most} can be shown. Shorten it.`
  }
  return markdown.includes('\0')
    ? 'The text has a character that can’t be stored. Paste it anew as plain text.'
    : undefined
}
