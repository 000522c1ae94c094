import type { Sample } from '../sample.ts'

export const termbase: Sample = {
  slug: 'termbase',
  name: 'Termbase',
  tagline: 'Keeps a glossary for each of your projects, drawn from your texts',
  description:
    'Termbase keeps a glossary for each of your projects. You add English texts; it finds the things that they name, counts how often, and keeps a sentence that shows each of them in use.\n\nIt is a sample agent: a small web application in this repository that signs people in with Rialto. How many projects you keep is a level that goes up and down with them; the texts that you add are counted each month. It runs on this machine, needs no key, and keeps its glossaries here until you delete them.',
  folder: 'examples/termbase',
  tags: ['documents', 'research'],
  languages: ['TypeScript'],
  capabilities: [
    {
      icon: 'book-open',
      title: 'A glossary for each project',
      description: 'The nouns that your texts name, in the singular, commonest first.',
    },
    {
      icon: 'message-square',
      title: 'Seen in use',
      description: 'Each term with the first sentence that it was found in.',
    },
    {
      icon: 'layers',
      title: 'Delete and have the place back',
      description: 'A deleted project takes its glossary with it, and another fits at once.',
    },
  ],
  steps: [
    { title: 'Start and launch it', description: 'Two projects and ten texts a month are free.' },
    { title: 'Name a project', description: 'It counts for as long as you keep it.' },
    { title: 'Add texts', description: 'English, up to 20,000 characters each; the glossary grows with them.' },
  ],
  metrics: [
    { slug: 'projects', displayName: 'Projects kept', unit: 'projects', kind: 'gauge', freeUnits: 2 },
    { slug: 'texts', displayName: 'Texts added', unit: 'texts', kind: 'counter', freeUnits: 10 },
  ],
  tiers: [
    {
      tierName: 'Team',
      description: 'For who writes for several customers.',
      price: 1_200,
      billingInterval: 'month',
      trialDays: 14,
      recommended: true,
      units: { projects: 20, texts: 500 },
    },
  ],
  addons: [
    { displayName: '5 more projects', metric: 'projects', amount: 5, price: 300, billingInterval: 'month' },
    { displayName: '100 more texts', metric: 'texts', amount: 100, price: 300 },
  ],
  scopeReasons: {
    openid: 'To keep your glossaries apart from those of others.',
    profile: 'To show at the top of the page whom it takes you for.',
    offline_access: 'To keep you signed in for longer than five minutes, and to notice when you disconnect it.',
  },
}
