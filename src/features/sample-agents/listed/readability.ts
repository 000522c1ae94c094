import type { Sample } from '../sample.ts'

export const readability: Sample = {
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
      description: 'Five texts a month are free. Rialto signs you in; the first time it asks what the agent may know.',
    },
    { title: 'Paste a text', description: 'English, up to 20,000 characters; or many short ones, one a line.' },
    { title: 'Read the result', description: 'The figures first, then the key sentences in their own order.' },
  ],
  // Few enough that whoever tries it sees it stop.
  metrics: [{ slug: 'texts', displayName: 'Texts read', unit: 'texts', kind: 'counter', freeUnits: 5 }],
  tiers: [
    {
      tierName: 'Reader',
      description: 'For who reads every working day.',
      price: 900,
      billingInterval: 'month',
      trialDays: 14,
      recommended: true,
      units: { texts: 200 },
    },
    {
      tierName: 'Reader, by the year',
      description: 'The same for a whole year, at the price of ten months.',
      price: 9_000,
      billingInterval: 'year',
      trialDays: 14,
      units: { texts: 200 },
    },
    {
      tierName: 'Studio',
      description: 'For who edits what others write.',
      price: 2_900,
      billingInterval: 'month',
      trialDays: 0,
      units: { texts: 2_000 },
    },
  ],
  addons: [{ displayName: '100 more texts', metric: 'texts', amount: 100, price: 400 }],
  scopeReasons: {
    openid: 'To open the page to people of this marketplace only, and to know that you are one.',
    profile: 'To show at the top of the page whom it takes you for.',
    offline_access: 'To keep you signed in for longer than five minutes, and to notice when you disconnect it.',
  },
}
