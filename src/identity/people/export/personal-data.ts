// Where the database keeps something about a person. A test compares this with the foreign keys of the schema, so a new table
// that refers to people is either exported here or left out with a reason.

/** One table's share of an export. */
export interface PersonalTable {
  readonly table: string
  /** SQL over `t` and `me`: the person's `id`, and their `email` once it is confirmed, else NULL. */
  readonly where: string
  /** Columns that open something, or that another person's privacy keeps. */
  readonly without?: readonly string[]
  /** A subquery instead of the whole table, where its rows are too large. */
  readonly from?: string
  /** What the rows are read by, in batches. */
  readonly key?: 'seq'
}

const own = 't.user_id = me.id'
const ofOwnSubscription = 't.subscription_id IN (SELECT id FROM user_agent_subscriptions WHERE user_id = me.id)'

export const personalTables: readonly PersonalTable[] = [
  { table: 'user', where: 't.id = me.id' },
  { table: 'account', where: own, without: ['password', 'access_token', 'refresh_token', 'id_token'] },
  { table: 'session', where: own, without: ['token'] },
  { table: 'two_factor', where: own, without: ['secret', 'backup_codes'] },
  { table: 'passkey', where: own },
  { table: 'organization_member', where: own },
  { table: 'organization_invitation', where: 't.inviter_id = me.id OR t.email = me.email' },
  { table: 'oauth_consent', where: own },
  { table: 'oauth_client', where: own, without: ['client_secret'] },
  { table: 'oauth_access_token', where: own, without: ['token'] },
  { table: 'oauth_refresh_token', where: own, without: ['token', 'rotation_replay_response'] },
  { table: 'user_agent_subscriptions', where: own },
  { table: 'subscription_usage', where: ofOwnSubscription },
  {
    table: 'subscription_addons',
    where: `${ofOwnSubscription} OR t.created_by = me.id OR t.revoked_by = me.id`,
    // Who granted is another person's matter.
    without: ['created_by', 'revoked_by'],
  },
  { table: 'usage_ledger', where: ofOwnSubscription, key: 'seq' },
  { table: 'usage_reservations', where: ofOwnSubscription },
  { table: 'usage_notices', where: ofOwnSubscription },
  {
    table: 'usage_denials_hourly',
    where: ofOwnSubscription,
    from: `(SELECT concat_ws('/', subscription_id, metric_id, to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24')) AS id,
      hourly.* FROM usage_denials_hourly AS hourly)`,
  },
  {
    table: 'usage_daily',
    where: ofOwnSubscription,
    from: `(SELECT concat_ws('/', subscription_id, metric_id, day) AS id, daily.* FROM usage_daily AS daily)`,
  },
  { table: 'usage_disputes', where: own, without: ['decided_by'] },
  { table: 'billing_customers', where: own },
  { table: 'billing_intents', where: own, without: ['url'] },
  { table: 'spending_caps', where: own },
  {
    table: 'mail_opt_outs',
    where: own,
    from: `(SELECT kind AS id, choice.* FROM mail_opt_outs AS choice)`,
  },
  { table: 'agent_installs', where: own },
  {
    table: 'agent_active_users',
    where: own,
    from: `(SELECT concat_ws('/', agent_id, day) AS id, active.* FROM agent_active_users AS active)`,
  },
  { table: 'reviews', where: own, without: ['hidden_by'] },
  {
    table: 'agent_sign_ins',
    where: own,
    from: `(SELECT concat_ws('/', agent_id, day) AS id, signed.* FROM agent_sign_ins AS signed)`,
  },
  {
    table: 'agent_favourites',
    where: own,
    from: `(SELECT agent_id AS id, favourite.* FROM agent_favourites AS favourite)`,
  },
  { table: 'agent_claims', where: own, without: ['decided_by'] },
  { table: 'reports', where: 't.reporter_id = me.id OR t.reporter_email = me.email', without: ['decided_by'] },
  { table: 'agent_waitlist', where: 't.email = me.email' },
  { table: 'interactions', where: 't.user_id = me.id OR t.user_email = me.email', without: ['notify_error'] },
  { table: 'audit_logs', where: own },
  {
    table: 'agents',
    where: 't.created_by = me.id',
    from: '(SELECT id, slug, name, created_by, created_at FROM agents)',
  },
  {
    table: 'media',
    where: 't.created_by = me.id',
    from: '(SELECT id, content_hash, mime_type, created_by, created_at FROM media)',
  },
]

/** Tables that refer to a person and are not exported, each with its reason. */
export const leftOut: Readonly<Record<string, string>> = {
  account_deletions: 'There only while its person is being deleted, who can’t ask for anything then.',
  device_code: 'Codes that sign a device in; each lives for minutes.',
  oauth_authorization_code:
    'What became of a sign-in at an agent within its first minutes; the tokens it led to are exported.',
}
