// The specification of the database, taken by hand, table by table. Names are those of TypeScript; SQL's are snake_case.

export interface SpecTable {
  readonly columns: readonly string[]
  readonly primaryKey?: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  /** Columns that may be null because a null has a meaning. */
  readonly nullable?: readonly string[]
}

export const authTables = [
  'user',
  'session',
  'account',
  'verification',
  'organization',
  'organizationMember',
  'organizationInvitation',
  'oauthClient',
  'oauthAccessToken',
  'oauthAuthorizationCode',
  'oauthConsent',
  'jwks',
] as const

export const businessTables = {
  // Catalog
  tags: { columns: ['id', 'name', 'slug'], unique: [['slug']] },
  agents: {
    columns: ['id', 'slug', 'status', 'oauthClientId', 'redirectUris', 'createdBy'],
    unique: [['slug'], ['oauthClientId']],
    nullable: ['oauthClientId', 'createdBy'],
  },
  agentTags: { columns: ['agentId', 'tagId'], primaryKey: ['agentId', 'tagId'] },
  agentCapabilities: { columns: ['id', 'agentId', 'icon', 'title', 'description', 'sortOrder'], nullable: ['icon'] },
  agentSteps: { columns: ['id', 'agentId', 'title', 'description', 'sortOrder'] },
  agentChangelog: { columns: ['id', 'agentId', 'version', 'summary', 'publishedAt'] },

  // Pricing and quotas
  agentPricingTiers: {
    columns: [
      'id',
      'agentId',
      'tierName',
      'isFree',
      'price',
      'currency',
      'billingInterval',
      'stripeProductId',
      'stripePriceId',
      'trialDays',
      'recommended',
    ],
    nullable: ['stripeProductId', 'stripePriceId'],
  },
  agentMetricDefinitions: {
    columns: ['id', 'agentId', 'slug', 'displayName', 'unit', 'kind', 'sortOrder'],
    unique: [['agentId', 'slug']],
  },
  tierMetricQuotas: {
    columns: ['id', 'tierId', 'metricId', 'quotaLimit'],
    unique: [['tierId', 'metricId']],
    nullable: ['quotaLimit'],
  },

  // Subscriptions and usage
  userAgentSubscriptions: {
    columns: [
      'id',
      'userId',
      'agentId',
      'tierId',
      'status',
      'stripeCustomerId',
      'stripeSubscriptionId',
      'currentPeriodEnd',
      'cancelAtPeriodEnd',
      'canceledAt',
    ],
    unique: [['stripeSubscriptionId']],
    nullable: ['stripeCustomerId', 'stripeSubscriptionId', 'canceledAt'],
  },
  subscriptionUsage: {
    columns: ['id', 'subscriptionId', 'metricId', 'periodStart', 'periodEnd', 'used', 'updatedAt'],
  },
  subscriptionAddons: {
    columns: ['id', 'subscriptionId', 'metricId', 'amount', 'scope', 'source', 'revokedAt'],
    nullable: ['revokedAt'],
  },
  usageLedger: {
    columns: ['id', 'subscriptionId', 'metricId', 'eventType', 'delta', 'clientReqId', 'metadata', 'createdAt'],
    unique: [['clientReqId']],
  },
  stripeEvents: {
    columns: ['id', 'stripeEventId', 'type', 'livemode', 'payload', 'processedAt', 'errorMessage', 'receivedAt'],
    unique: [['stripeEventId']],
    nullable: ['processedAt', 'errorMessage'],
  },

  // Social and engagement
  reviews: { columns: ['id', 'agentId', 'userId', 'rating', 'title', 'body'], unique: [['agentId', 'userId']] },
  agentInstalls: { columns: ['id', 'agentId', 'userId', 'installedAt'], unique: [['agentId', 'userId']] },
  agentWaitlist: { columns: ['id', 'agentId', 'email'], unique: [['agentId', 'email']] },
  agentMetricsDaily: {
    columns: ['agentId', 'day', 'activeUsers', 'messages', 'apiCalls', 'avgLatencyMs', 'uptimeBp', 'csatBp'],
    primaryKey: ['agentId', 'day'],
    nullable: ['avgLatencyMs', 'uptimeBp', 'csatBp'],
  },

  // Observability
  auditLogs: {
    columns: [
      'id',
      'userId',
      'orgId',
      'action',
      'resource',
      'resourceId',
      'result',
      'errorCode',
      'metadata',
      'timestamp',
    ],
    nullable: ['userId', 'orgId', 'resourceId', 'errorCode'],
  },
  interactions: {
    columns: [
      'id',
      'type',
      'userId',
      'userEmail',
      'agentId',
      'agentName',
      'metadata',
      'notifiedAt',
      'notifyError',
      'createdAt',
    ],
    nullable: ['userId', 'userEmail', 'agentId', 'agentName', 'notifiedAt', 'notifyError'],
  },
  interactionRecipients: { columns: ['id', 'email', 'createdAt', 'updatedAt'], unique: [['email']] },
} as const satisfies Record<string, SpecTable>

/** `table.column` of every key to a person, with what happens when the person goes. */
export const keysToPeople = {
  // Owned data goes with its owner.
  'billing_customers.user_id': 'cascade',
  'billing_intents.user_id': 'cascade',
  'reviews.user_id': 'cascade',
  'agent_installs.user_id': 'cascade',
  'user_agent_subscriptions.user_id': 'cascade',
  'account_deletions.user_id': 'cascade',
  'agent_active_users.user_id': 'cascade',
  'usage_disputes.user_id': 'cascade',
  'spending_caps.user_id': 'cascade',
  'mail_opt_outs.user_id': 'cascade',
  'usage_disputes.decided_by': 'set null',
  // What only tracks who did something forgets them.
  'agents.created_by': 'set null',
  'media.created_by': 'set null',
  'subscription_addons.created_by': 'set null',
  'subscription_addons.revoked_by': 'set null',
  'audit_logs.user_id': 'set null',
  'interactions.user_id': 'set null',
  'agent_claims.decided_by': 'set null',
  'agent_claims.user_id': 'cascade',
  'agent_favourites.user_id': 'cascade',
  'agent_sign_ins.user_id': 'cascade',
  'reports.decided_by': 'set null',
  'reports.reporter_id': 'set null',
  'reviews.hidden_by': 'set null',
} as const
