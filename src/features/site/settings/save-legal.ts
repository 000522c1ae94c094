import type { Deps } from '#src/deps.ts'
import type { LegalPage } from '../legal/pages.ts'
import { legalCharactersMax, legalPages, legalTitles } from '../legal/pages.ts'
import type { SaveOutcome } from './outcome.ts'
import { writeSettings } from './write-settings.ts'

/** Markdown as typed; empty: not published. */
export type LegalForm = Readonly<Record<LegalPage, string>>

/** A text that changes becomes its next version. One that is taken back keeps its number, so that no two have the same. */
export async function saveLegal(
  deps: Pick<Deps, 'db' | 'site'>,
  { operatorId, form }: { readonly operatorId: string; readonly form: LegalForm },
): Promise<SaveOutcome> {
  const typed = legalPages.map((page) => ({ page, markdown: form[page].replaceAll('\r\n', '\n').trim() }))
  const errors = Object.fromEntries(typed.flatMap(({ page, markdown }) => legalErrors(page, markdown)))
  if (Object.keys(errors).length > 0) return { kind: 'invalid', errors }
  await writeSettings(deps, {
    operatorId,
    action: 'site.set_legal',
    change: async ({ legal }) => {
      const changed = typed.filter(({ page, markdown }) => markdown !== (legal[page]?.markdown ?? ''))
      if (changed.length === 0) return undefined
      const updatedAt = new Date().toISOString()
      const texts = changed.map(({ page, markdown }) => {
        const version = legal[page]?.version ?? 0
        return [page, { markdown, version: markdown === '' ? version : version + 1, updatedAt }] as const
      })
      const versions = Object.fromEntries(
        texts.map(([page, { markdown, version }]) => [page, markdown === '' ? null : version]),
      )
      return { set: { legal: { ...legal, ...Object.fromEntries(texts) } }, metadata: { versions } }
    },
  })
  return { kind: 'saved' }
}

function legalErrors(page: LegalPage, markdown: string): [string, string][] {
  const name = legalTitles[page]
  if (markdown.length > legalCharactersMax) {
    const most = legalCharactersMax.toLocaleString('en')
    return [
      [
        page,
        `“${name}” has ${markdown.length.toLocaleString('en')} characters; at most ${most} can be shown. Shorten it.`,
      ],
    ]
  }
  return markdown.includes('\0')
    ? [[page, `“${name}” has a character that can’t be stored. Paste it anew as plain text.`]]
    : []
}
