// What becomes of every table that holds something about a person. A test compares it with the schema, so a new table that refers
// to people says here what happens to it.
import { personalTables } from '../export/personal-data.ts'

export type Fate =
  /** Rows go, at most so many at once. */
  | { readonly kind: 'goes'; readonly where: string; readonly rowsMax: number }
  /** Rows stay and forget whom they are about: `set` is SQL. */
  | { readonly kind: 'forgets'; readonly where: string; readonly rowsMax: number; readonly set: string }
  /** The foreign key does it when the row it hangs on goes, in one statement: there are few. */
  | { readonly kind: 'follows'; readonly parent: 'user' | 'user_agent_subscriptions' | 'organization_member' }
  /** What was done is not undone; the foreign key takes the person out of it. */
  | { readonly kind: 'stays_without_person' }

const rowsMax = 500

/** Which rows of a table are the person's: as they are exported. SQL over `t` and `me`. */
function whereOf(table: string): string {
  const part = personalTables.find((candidate) => candidate.table === table)
  if (part === undefined) throw new Error(`${table} is not among what is exported`)
  return part.where
}

const goes = (table: string, most = rowsMax): Fate => ({ kind: 'goes', where: whereOf(table), rowsMax: most })
const ofPerson = 't.user_id = me.id'

/** In the order of work: first what still opens something, last what everything else hangs on. */
export const fates: Readonly<Record<string, Fate>> = {
  session: goes('session'),
  oauth_access_token: goes('oauth_access_token'),
  oauth_refresh_token: goes('oauth_refresh_token'),
  oauth_consent: goes('oauth_consent'),
  device_code: { kind: 'goes', where: ofPerson, rowsMax },
  oauth_authorization_code: { kind: 'goes', where: ofPerson, rowsMax },
  billing_intents: goes('billing_intents'),
  spending_caps: goes('spending_caps'),
  mail_opt_outs: goes('mail_opt_outs'),
  billing_customers: goes('billing_customers'),
  // One at a time: its ledger, which nothing else may shorten, goes along with it.
  user_agent_subscriptions: goes('user_agent_subscriptions', 1),
  subscription_usage: { kind: 'follows', parent: 'user_agent_subscriptions' },
  subscription_addons: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_ledger: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_reservations: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_notices: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_denials_hourly: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_daily: { kind: 'follows', parent: 'user_agent_subscriptions' },
  usage_disputes: goes('usage_disputes'),
  agent_installs: goes('agent_installs'),
  agent_active_users: goes('agent_active_users'),
  agent_sign_ins: goes('agent_sign_ins'),
  agent_favourites: goes('agent_favourites'),
  agent_claims: goes('agent_claims'),
  reports: {
    kind: 'forgets',
    where: whereOf('reports'),
    rowsMax,
    // What they wrote may say who they are.
    set: `reporter_id = NULL, reporter_email = NULL, details = ''`,
  },
  reviews: goes('reviews'),
  agent_waitlist: goes('agent_waitlist'),
  organization_invitation: goes('organization_invitation'),
  interactions: {
    kind: 'forgets',
    where: whereOf('interactions'),
    rowsMax,
    // What they wrote may say who they are.
    set: `user_id = NULL, user_email = NULL, metadata = '{}'`,
  },
  passkey: goes('passkey'),
  two_factor: goes('two_factor'),
  account: goes('account'),
  organization_member: { kind: 'follows', parent: 'user' },
  oauth_client: { kind: 'stays_without_person' },
  agents: { kind: 'stays_without_person' },
  media: { kind: 'stays_without_person' },
  audit_logs: { kind: 'stays_without_person' },
  account_deletions: { kind: 'follows', parent: 'user' },
  user: { kind: 'follows', parent: 'user' },
}
