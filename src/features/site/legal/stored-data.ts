// What is stored about people, in words. A test compares it with the tables that an export reads and a deletion works off, so the
// page on privacy can't leave one out.
import type { Fate } from '#src/identity/index.ts'

interface Told {
  readonly topic: 'account' | 'agents' | 'payments' | 'words' | 'records'
  /** Tables that are told of together. */
  readonly tables: readonly string[]
  readonly what: string
}

export const topics: Readonly<Record<Told['topic'], string>> = {
  account: 'Your account',
  agents: 'The agents you use',
  payments: 'What you pay',
  words: 'What you write and keep',
  records: 'Records of what happened',
}

export const told: readonly Told[] = [
  { topic: 'account', tables: ['user'], what: 'Your name, your e-mail address and whether it is confirmed' },
  {
    topic: 'account',
    tables: ['account'],
    what: 'How you sign in; a password only as a slow hash that can’t be read back',
  },
  {
    topic: 'account',
    tables: ['session'],
    what: 'Where you are signed in: since when, from which network address, with which browser',
  },
  {
    topic: 'account',
    tables: ['two_factor', 'passkey'],
    what: 'Your second step and your passkeys, if you have set them up',
  },
  {
    topic: 'account',
    tables: ['organization_member', 'organization_invitation'],
    what: 'The organizations you are in, and invitations that you sent or got',
  },
  { topic: 'account', tables: ['account_deletions'], what: 'While your account is being deleted: that it is' },
  {
    topic: 'agents',
    tables: ['oauth_consent', 'oauth_access_token', 'oauth_refresh_token', 'oauth_authorization_code', 'device_code'],
    what: 'Which agents you let in, to what, and the keys they hold for it',
  },
  { topic: 'agents', tables: ['oauth_client'], what: 'Agents’ credentials that you made' },
  {
    topic: 'agents',
    tables: ['agent_sign_ins', 'agent_active_users'],
    what: 'On which days you signed in at an agent or used it',
  },
  { topic: 'agents', tables: ['agent_installs'], what: 'Which agents you have installed' },
  { topic: 'agents', tables: ['user_agent_subscriptions'], what: 'Your subscriptions: tier, price and period' },
  {
    topic: 'agents',
    tables: [
      'usage_ledger',
      'subscription_usage',
      'usage_reservations',
      'usage_notices',
      'usage_denials_hourly',
      'usage_daily',
    ],
    what: 'What you used: each unit with its agent and time, the sums of it, and when you came to a limit',
  },
  { topic: 'agents', tables: ['subscription_addons'], what: 'What was added to your limits' },
  {
    topic: 'agents',
    tables: ['usage_disputes'],
    what: 'Which of your receipts you said were wrong, and what came of it',
  },
  { topic: 'payments', tables: ['billing_customers'], what: 'Under which number the payment provider knows you' },
  {
    topic: 'payments',
    tables: ['billing_intents'],
    what: 'What you began to buy, change or cancel, and what came of it',
  },
  { topic: 'payments', tables: ['spending_caps'], what: 'The most that you let yourself be charged in a month' },
  { topic: 'account', tables: ['mail_opt_outs'], what: 'Which mails you don’t want' },
  { topic: 'words', tables: ['reviews'], what: 'Your reviews' },
  {
    topic: 'words',
    tables: ['agent_favourites', 'agent_waitlist'],
    what: 'Agents you keep in mind, and those you wait for',
  },
  { topic: 'words', tables: ['reports'], what: 'What you reported' },
  { topic: 'words', tables: ['agent_claims'], what: 'Directory entries that you claimed' },
  { topic: 'words', tables: ['agents', 'media'], what: 'Agents and pictures that you put here' },
  {
    topic: 'records',
    tables: ['interactions'],
    what: 'What you did that the operator hears of, such as joining a waitlist or subscribing',
  },
  { topic: 'records', tables: ['audit_logs'], what: 'Who changed what and when, where it matters to others' },
]

/** As most of it does. */
export const goes = 'deleted with the account'

/** What becomes of it when the account is deleted; undefined: it has no fate, which is a mistake that a test finds. */
export function fateWords({ tables }: Pick<Told, 'tables'>, fates: Readonly<Record<string, Fate>>): string | undefined {
  const kinds = new Set(tables.map((table) => fates[table]?.kind))
  if (kinds.has(undefined)) return undefined
  if (kinds.has('stays_without_person')) return 'stays, without your name'
  return kinds.has('forgets') ? 'stays, and forgets that it was you' : goes
}
