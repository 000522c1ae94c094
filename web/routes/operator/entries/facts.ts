import type { EntryFacts } from '#src/features/catalog/index.ts'

/** The form's fields in their order, and what they are called. */
export const factLabels = {
  tagline: 'In one line',
  publisherName: 'Made by',
  homepageUrl: 'Homepage',
  repositoryUrl: 'Repository',
  documentationUrl: 'Documentation',
  license: 'Licence',
  licenseNote: 'Note on the licence',
  runsAs: 'Runs as',
  languages: 'Written in',
  sourceUrl: 'Address of the source',
  sourceTitle: 'Name of the source',
  checkedAt: 'Day you looked',
} as const

export type FactName = keyof typeof factLabels
export type TypedFacts = Readonly<Record<FactName, string>>

export const entryHref = (slug: string): string => `/operator/entries/${encodeURIComponent(slug)}`

/** As the fields show them; the source is asked for anew each time. */
export const typedFacts = ({ tagline, publisherName, license, licenseNote, ...entry }: EntryFacts): TypedFacts => ({
  tagline,
  publisherName: publisherName ?? '',
  homepageUrl: entry.homepageUrl ?? '',
  repositoryUrl: entry.repositoryUrl ?? '',
  documentationUrl: entry.documentationUrl ?? '',
  license: license ?? '',
  licenseNote: licenseNote ?? '',
  runsAs: entry.runsAs.join(', '),
  languages: entry.languages.join(', '),
  sourceUrl: '',
  sourceTitle: '',
  checkedAt: '',
})
