import type { ScopeReasons } from '#src/features/agent-clients/index.ts'

/** An agent of this repository, as the demo lists it. Everything said of it is true of the code in its folder. */
export interface Sample {
  readonly slug: string
  readonly name: string
  readonly tagline: string
  /** Markdown. */
  readonly description: string
  /** Below the project's root. */
  readonly folder: string
  readonly tags: readonly string[]
  readonly languages: readonly string[]
  readonly capabilities: readonly { readonly icon: string; readonly title: string; readonly description: string }[]
  readonly steps: readonly { readonly title: string; readonly description: string }[]
  /** What it counts, and how much of each is free. */
  readonly metrics: readonly SampleMetric[]
  /** Why it asks for each scope that it asks for. */
  readonly scopeReasons: ScopeReasons
}

export interface SampleMetric {
  readonly slug: string
  readonly displayName: string
  readonly unit: string
  /** Units a month. */
  readonly freeUnits: number
}

export const samples: readonly Sample[] = [
  {
    slug: 'readability',
    name: 'Readability',
    tagline: 'Says how hard a text is to read and picks its key sentences',
    description:
      'Readability takes an English text and says what reading it takes: the Flesch reading ease, the school years a reader needs, the length in minutes. Then it picks the sentences that hold most of what the text is about.\n\nIt is a sample agent: a small web application in this repository that signs people in with Rialto, and asks before each text whether you may have it read. It does both with Rialto’s SDK. It runs on this machine, needs no key, and keeps no text.',
    folder: 'examples/readability',
    tags: ['documents', 'assistants'],
    languages: ['TypeScript'],
    capabilities: [
      {
        icon: 'book-open',
        title: 'Reading ease',
        description: 'Flesch reading ease and the school years a reader needs, by published formulas.',
      },
      {
        icon: 'list-checks',
        title: 'Key sentences',
        description: 'Up to three sentences, ranked by how much of what the text names they name.',
      },
      {
        icon: 'shield-check',
        title: 'Nothing kept',
        description: 'Texts are read in memory and forgotten with the answer.',
      },
    ],
    steps: [
      {
        title: 'Start and launch it',
        description:
          'Five texts a month are free. Rialto signs you in; the first time it asks what the agent may know.',
      },
      { title: 'Paste a text', description: 'English, up to 20,000 characters.' },
      { title: 'Read the result', description: 'The figures first, then the key sentences in their own order.' },
    ],
    // Few enough that whoever tries it sees it stop.
    metrics: [{ slug: 'texts', displayName: 'Texts read', unit: 'texts', freeUnits: 5 }],
    scopeReasons: {
      openid: 'To open the page to people of this marketplace only, and to know that you are one.',
      profile: 'To show at the top of the page whom it takes you for.',
      offline_access: 'To keep you signed in for longer than five minutes, and to notice when you disconnect it.',
    },
  },
]
