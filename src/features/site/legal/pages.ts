export const legalPages = ['terms', 'privacy', 'refunds', 'imprint'] as const
export type LegalPage = (typeof legalPages)[number]

export const legalTitles: Readonly<Record<LegalPage, string>> = {
  terms: 'Terms',
  privacy: 'Privacy',
  refunds: 'Refunds',
  imprint: 'Imprint',
}

export const isLegalPage = (name: string): name is LegalPage => (legalPages as readonly string[]).includes(name)

/** What the pages render of one; longer would be cut. */
export const legalCharactersMax = 50_000
