import type { LegalText, SiteSettings } from '#src/db/site-settings.ts'
import { defaultPrivacy, defaultRefunds, defaultTerms } from './default-texts.ts'
import type { Facts } from './default-texts.ts'
import type { LegalPage } from './pages.ts'
import { legalTitles } from './pages.ts'

export type LegalDocument = { readonly page: LegalPage; readonly title: string } & (
  | ({ readonly kind: 'published' } & LegalText)
  /** What the software itself can say. */
  | { readonly kind: 'default'; readonly markdown: string }
  /** Only the operator could say anything. */
  | { readonly kind: 'empty' }
)

const defaults: Readonly<Record<LegalPage, ((facts: Facts) => string) | undefined>> = {
  terms: defaultTerms,
  privacy: defaultPrivacy,
  refunds: defaultRefunds,
  imprint: undefined,
}

interface Asked {
  readonly page: LegalPage
  readonly settings: SiteSettings
  readonly facts: Facts
}

export function readLegal({ page, settings, facts }: Asked): LegalDocument {
  const named = { page, title: legalTitles[page] }
  const text = settings.legal[page]
  if (text !== undefined && text.markdown !== '') return { ...named, kind: 'published', ...text }
  const write = defaults[page]
  return write === undefined ? { ...named, kind: 'empty' } : { ...named, kind: 'default', markdown: write(facts) }
}
