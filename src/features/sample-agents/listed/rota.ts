import type { Sample } from '../sample.ts'

export const rota: Sample = {
  slug: 'rota',
  name: 'Rota',
  tagline: 'Plans who works when, shared fairly',
  description:
    'Rota plans who works which shift. Nobody gets a shift they can’t take, nor two in a row, and nobody works more than an even share asks for. When there is no such rota, it says so.\n\nIt is a sample agent: a small web application in this repository that signs people in with Rialto. How many steps a search takes is known only when it ends, so Rota first holds the most that it may take, and gives back what it did not need. It runs on this machine, needs no key, and keeps nothing.',
  folder: 'examples/rota',
  tags: ['assistants', 'workflows'],
  languages: ['TypeScript'],
  capabilities: [
    {
      icon: 'calendar-clock',
      title: 'A rota that everybody can work',
      description: 'Up to 60 shifts and 30 people, with the shifts that each of them can’t take.',
    },
    {
      icon: 'users',
      title: 'Fair',
      description: 'Shifts are shared as evenly as they can be.',
    },
    {
      icon: 'chart-line',
      title: 'Paid for what it took',
      description: 'At most 1,000 steps are held for a search; what it did not need is free again at once.',
    },
  ],
  steps: [
    { title: 'Start and launch it', description: '2,000 steps a month are free; an easy week takes about ten.' },
    { title: 'List shifts and people', description: 'One to a line, with the shifts that somebody can’t take.' },
    { title: 'Read the rota', description: 'With the steps that it took, and how many were given back.' },
  ],
  metrics: [{ slug: 'steps', displayName: 'Search steps', unit: 'steps', kind: 'counter', freeUnits: 2_000 }],
  tiers: [
    {
      tierName: 'Planner',
      description: 'For who plans every week.',
      price: 900,
      billingInterval: 'month',
      trialDays: 14,
      recommended: true,
      units: { steps: 50_000 },
    },
  ],
  addons: [{ displayName: '5,000 more steps', metric: 'steps', amount: 5_000, price: 300 }],
  scopeReasons: {
    openid: 'To open the page to people of this marketplace only, and to know that you are one.',
    profile: 'To show at the top of the page whom it takes you for.',
    offline_access: 'To keep you signed in for longer than five minutes, and to notice when you disconnect it.',
  },
}
