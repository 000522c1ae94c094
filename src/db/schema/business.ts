// Every marketplace table that isn't an auth table, in one file because each refers to its neighbours and the whole is
// read as one contract. What SQL must say by itself (triggers, the business clock, storage) is in the migrations.
//
// Rules that hold throughout: ids are UUIDs; moments are timestamptz; money is whole minor units with an ISO currency;
// agent ids cascade; ids of people cascade where a person owns the row and become null where the row only tracks them.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { oauthClient, organization, user } from './auth.ts'
import {
  authId,
  businessInstant,
  bytea,
  createdAt,
  hasLength,
  holds,
  id,
  indexed,
  indexedWhere,
  instant,
  isBasisPoints,
  isCurrency,
  isEmail,
  isExact,
  isNonNegative,
  isOneOf,
  isPositive,
  isSlug,
  isWebAddress,
  literals,
  plainText,
  reference,
  tsvector,
  uniqueOver,
  uniqueWhere,
  units,
  updatedAt,
} from './columns.ts'

/** Where a fact of a directory entry comes from: when a person looked, and the date the source itself gives. */
export interface Source {
  readonly url: string
  readonly title: string
  /** ISO 8601 date. */
  readonly checkedAt: string
  /** ISO 8601 date. */
  readonly asOf?: string
}

export type Json = Readonly<Record<string, unknown>>

/** A text that the operator published about the marketplace. */
export interface LegalText {
  readonly markdown: string
  /** 1 for the first that was published; one more each time it changes. */
  readonly version: number
  /** ISO 8601, in UTC. */
  readonly updatedAt: string
}

// --- Catalog ---------------------------------------------------------------------------------------------------------

export const agentStatuses = ['draft', 'in_review', 'published', 'suspended', 'archived'] as const
/** `directory_entry`: facts about an agent that nobody has claimed; it can't be subscribed to. */
export const agentListings = ['agent', 'directory_entry'] as const
/** What an agent may ask of a person; identity/provider/scopes.ts says what each means. */
export const scopeNames = ['openid', 'profile', 'email', 'offline_access', 'usage:read', 'usage:write'] as const

export const tags = pgTable(
  'tags',
  {
    id: id(),
    name: text('name').notNull(),
    slug: text('slug').notNull(),
    createdAt: createdAt(),
  },
  (table) => [uniqueOver(table.slug), isSlug(table.slug), hasLength(table.name, { min: 1, max: 80 })],
)

export const media = pgTable(
  'media',
  {
    id: id(),
    /** SHA-256 of `bytes` in hex: the address of the picture, so that the same picture is kept once. */
    contentHash: text('content_hash').notNull(),
    mimeType: text('mime_type', { enum: ['image/png', 'image/jpeg', 'image/webp'] }).notNull(),
    bytes: bytea('bytes').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    createdBy: authId('created_by'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.contentHash),
    holds(table.contentHash, sql`${table.contentHash} ~ '^[0-9a-f]{64}$'`),
    isOneOf(table.mimeType, ['image/png', 'image/jpeg', 'image/webp']),
    holds(table.bytes, sql`octet_length(${table.bytes}) BETWEEN 1 AND 2097152`),
    holds(table.width, sql`${table.width} BETWEEN 1 AND 8192`),
    holds(table.height, sql`${table.height} BETWEEN 1 AND 8192`),
    reference(table.createdBy, user.id, 'set null'),
    indexed(table.createdBy),
  ],
)

export const agents = pgTable(
  'agents',
  {
    id: id(),
    slug: text('slug').notNull(),
    status: text('status', { enum: agentStatuses }).notNull().default('draft'),
    listing: text('listing', { enum: agentListings }).notNull().default('agent'),
    name: text('name').notNull(),
    tagline: text('tagline').notNull().default(''),
    /** Markdown. */
    description: text('description').notNull().default(''),
    homepageUrl: text('homepage_url'),
    repositoryUrl: text('repository_url'),
    documentationUrl: text('documentation_url'),
    /** SPDX identifier. */
    license: text('license'),
    /** What the identifier leaves out, such as a part under other terms. */
    licenseNote: text('license_note'),
    /** Who makes it, as shown: for a directory entry nobody has an account here. */
    publisherName: text('publisher_name'),
    /** Where "Launch" sends a signed-in buyer (OpenID Connect third-party initiated login). */
    initiateLoginUri: text('initiate_login_uri'),
    runsAs: text('runs_as').array().notNull().default([]),
    languages: text('languages').array().notNull().default([]),
    sources: jsonb('sources').$type<readonly Source[]>().notNull().default([]),
    iconMediaId: uuid('icon_media_id'),
    organizationId: authId('organization_id'),
    /** The `client_id` of the agent's tokens, not the row id of the client. */
    oauthClientId: authId('oauth_client_id'),
    redirectUris: text('redirect_uris').array().notNull().default([]),
    createdBy: authId('created_by'),
    /** Listed before it can be used: people may ask to be told when it can. */
    comingSoon: boolean('coming_soon').notNull().default(false),
    /** Null: never claimed. */
    claimedAt: instant('claimed_at'),
    /** Null: the publisher's hold on the homepage has not been proven. */
    verifiedAt: instant('verified_at'),
    /** Null: never published. Kept when it is suspended or archived. */
    publishedAt: instant('published_at'),
    /** Null: not archived. */
    archivedAt: instant('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.slug),
    uniqueOver(table.oauthClientId),
    isSlug(table.slug),
    isOneOf(table.status, agentStatuses),
    isOneOf(table.listing, agentListings),
    hasLength(table.name, { min: 1, max: 120 }),
    hasLength(table.tagline, { min: 0, max: 200 }),
    hasLength(table.description, { min: 0, max: 50_000 }),
    isWebAddress(table.homepageUrl),
    isWebAddress(table.repositoryUrl),
    isWebAddress(table.documentationUrl),
    isWebAddress(table.initiateLoginUri),
    holds(table.sources, sql`jsonb_typeof(${table.sources}) = 'array'`),
    holds(table.publishedAt, sql`${table.status} <> 'published' OR ${table.publishedAt} IS NOT NULL`),
    holds(table.comingSoon, sql`NOT ${table.comingSoon} OR ${table.listing} = 'agent'`),
    // An unclaimed entry is facts only: it has no owner and nobody can sign in to it.
    holds(
      table.listing,
      sql`${table.listing} <> 'directory_entry' OR (${table.organizationId} IS NULL AND ${table.oauthClientId} IS NULL)`,
      'unowned_check',
    ),
    reference(table.iconMediaId, media.id, 'set null'),
    // An organization that owns agents can't be deleted (a trigger says so); the rule below is for restores without it.
    reference(table.organizationId, organization.id, 'set null'),
    reference(table.oauthClientId, oauthClient.clientId, 'set null'),
    reference(table.createdBy, user.id, 'set null'),
    indexed(table.iconMediaId),
    indexed(table.organizationId),
    indexed(table.createdBy),
    indexed(table.status, table.publishedAt, table.id),
    indexed(table.status, table.name, table.id),
  ],
)

/** Addresses an agent had before; each answers 301 to its present one. */
export const agentSlugHistory = pgTable(
  'agent_slug_history',
  {
    slug: text('slug').primaryKey(),
    agentId: uuid('agent_id').notNull(),
    createdAt: createdAt(),
  },
  (table) => [isSlug(table.slug), reference(table.agentId, agents.id, 'cascade'), indexed(table.agentId)],
)

/** Why an agent asks for a scope, in its publisher's own words: plain text, shown where a person is asked. */
export const agentScopeReasons = pgTable(
  'agent_scope_reasons',
  {
    agentId: uuid('agent_id').notNull(),
    scope: text('scope', { enum: scopeNames }).notNull(),
    reason: text('reason').notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ name: 'agent_scope_reasons_pkey', columns: [table.agentId, table.scope] }),
    isOneOf(table.scope, scopeNames),
    hasLength(table.reason, { min: 1, max: 200 }),
    reference(table.agentId, agents.id, 'cascade'),
  ],
)

export const agentTags = pgTable(
  'agent_tags',
  {
    agentId: uuid('agent_id').notNull(),
    tagId: uuid('tag_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'agent_tags_pkey', columns: [table.agentId, table.tagId] }),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.tagId, tags.id, 'cascade'),
    indexed(table.tagId, table.agentId),
  ],
)

export const agentCapabilities = pgTable(
  'agent_capabilities',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    icon: text('icon'),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    sortOrder: integer('sort_order').notNull().default(0),
  },
  (table) => [reference(table.agentId, agents.id, 'cascade'), indexed(table.agentId, table.sortOrder)],
)

export const agentSteps = pgTable(
  'agent_steps',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    sortOrder: integer('sort_order').notNull().default(0),
  },
  (table) => [reference(table.agentId, agents.id, 'cascade'), indexed(table.agentId, table.sortOrder)],
)

export const agentChangelog = pgTable(
  'agent_changelog',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    version: text('version').notNull(),
    /** Markdown. */
    summary: text('summary').notNull(),
    publishedAt: createdAt('published_at'),
  },
  (table) => [
    uniqueOver(table.agentId, table.version),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.agentId, table.publishedAt),
  ],
)

// --- Pricing and quotas ----------------------------------------------------------------------------------------------

export const billingIntervals = ['month', 'year'] as const
export const taxBehaviors = ['unspecified', 'inclusive', 'exclusive'] as const
/** `counter` starts at zero each usage period; `gauge` is a level that carries over. */
export const metricKinds = ['counter', 'gauge'] as const

/** One version of a tier. A published version never changes under its subscribers: a change is a new version. */
/** What follows a trial: the first charge, the agent's free tier, or nothing. */
export const trialEnds = ['charge', 'free_tier', 'end'] as const

export const agentPricingTiers = pgTable(
  'agent_pricing_tiers',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    /** Shared by all versions of one tier. */
    familyId: uuid('family_id')
      .notNull()
      .default(sql`gen_random_uuid()`),
    version: integer('version').notNull().default(1),
    tierName: text('tier_name').notNull(),
    description: text('description').notNull().default(''),
    isFree: boolean('is_free').notNull().default(false),
    /** Minor units of `currency` for one billing interval. */
    price: units('price').notNull(),
    currency: text('currency').notNull().default('USD'),
    billingInterval: text('billing_interval', { enum: billingIntervals }).notNull().default('month'),
    /** How often counters start again; a yearly tier may grant its quota monthly. */
    usageInterval: text('usage_interval', { enum: billingIntervals }).notNull().default('month'),
    stripeProductId: text('stripe_product_id'),
    stripePriceId: text('stripe_price_id'),
    taxBehavior: text('tax_behavior', { enum: taxBehaviors }).notNull().default('unspecified'),
    /** Stripe's product tax code; null takes the account's default. */
    taxCode: text('tax_code'),
    /** When Stripe's product and price last agreed with this row. Null: never. */
    stripeSyncedAt: instant('stripe_synced_at'),
    trialDays: integer('trial_days').notNull().default(0),
    /** A trial without a card can be begun by anybody; it can't turn into a charge by itself. */
    trialWithoutCard: boolean('trial_without_card').notNull().default(false),
    trialEndsWith: text('trial_ends_with', { enum: trialEnds }).notNull().default('charge'),
    recommended: boolean('recommended').notNull().default(false),
    sortOrder: integer('sort_order').notNull().default(0),
    effectiveAt: businessInstant('effective_at'),
    /** Null: on offer. */
    archivedAt: instant('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.familyId, table.version),
    uniqueOver(table.stripePriceId),
    // Lets a subscription refer to its tier and agent together, so it can't hold another agent's tier.
    uniqueOver(table.id, table.agentId),
    hasLength(table.tierName, { min: 1, max: 80 }),
    // Stripe takes at most eight digits.
    holds(table.price, sql`${table.price} BETWEEN 0 AND 99999999`),
    holds(table.isFree, sql`${table.isFree} = (${table.price} = 0)`),
    holds(
      table.trialDays,
      sql`${table.trialDays} BETWEEN 0 AND 730 AND (${table.trialDays} = 0 OR NOT ${table.isFree})`,
    ),
    holds(table.version, sql`${table.version} >= 1`),
    isCurrency(table.currency),
    isOneOf(table.billingInterval, billingIntervals),
    isOneOf(table.usageInterval, billingIntervals),
    holds(
      table.usageInterval,
      sql`${table.usageInterval} = 'month' OR ${table.billingInterval} = 'year'`,
      'within_billing_check',
    ),
    isOneOf(table.taxBehavior, taxBehaviors),
    isOneOf(table.trialEndsWith, trialEnds),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.agentId, table.sortOrder),
  ],
)

export const agentMetricDefinitions = pgTable(
  'agent_metric_definitions',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    /** Never changes once created, like `kind`: ledgers and agents' code depend on both. */
    slug: text('slug').notNull(),
    displayName: text('display_name').notNull(),
    unit: text('unit').notNull(),
    kind: text('kind', { enum: metricKinds }).notNull().default('counter'),
    sortOrder: integer('sort_order').notNull().default(0),
    /** Percent of a limit; reaching one gives one notice per period and limit. */
    thresholds: smallint('thresholds')
      .array()
      .notNull()
      .default(sql`'{80,100}'`),
    /** Null: in use. */
    archivedAt: instant('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.agentId, table.slug),
    // Lets an add-on on offer refer to its metric and agent together.
    uniqueOver(table.id, table.agentId),
    holds(
      table.thresholds,
      sql`cardinality(${table.thresholds}) <= 5 AND 1 <= ALL (${table.thresholds}) AND 100 >= ALL (${table.thresholds})`,
    ),
    holds(table.slug, sql`${table.slug} ~ '^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$' AND char_length(${table.slug}) <= 64`),
    isOneOf(table.kind, metricKinds),
    hasLength(table.displayName, { min: 1, max: 80 }),
    hasLength(table.unit, { min: 1, max: 40 }),
    reference(table.agentId, agents.id, 'cascade'),
  ],
)

export const tierMetricQuotas = pgTable(
  'tier_metric_quotas',
  {
    id: id(),
    tierId: uuid('tier_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    /** Units per usage period. Null: unlimited. 0: denied. No row at all: not included, so denied. */
    quotaLimit: units('quota_limit'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.tierId, table.metricId),
    isNonNegative(table.quotaLimit),
    reference(table.tierId, agentPricingTiers.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'cascade'),
    indexed(table.metricId),
  ],
)

/** `one_cycle` counts in the period it was granted in; `permanent` in every period until it is revoked. */
export const addonScopes = ['one_cycle', 'permanent'] as const
export const addonSources = ['admin_grant', 'purchased'] as const

/** More of a metric, for money: once (`one_cycle`), or with every bill of its subscription (`permanent`). */
export const agentAddonOffers = pgTable(
  'agent_addon_offers',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    displayName: text('display_name').notNull(),
    /** Units by which it raises the limit. */
    amount: units('amount').notNull(),
    scope: text('scope', { enum: addonScopes }).notNull(),
    /** Minor units of `currency`: once, or for one billing interval. */
    price: units('price').notNull(),
    currency: text('currency').notNull(),
    /** Of what comes again; the subscription that takes it is billed as often. Null: it is bought once. */
    billingInterval: text('billing_interval', { enum: billingIntervals }),
    stripeProductId: text('stripe_product_id'),
    stripePriceId: text('stripe_price_id'),
    /** When Stripe's product and price last agreed with this row. Null: never. */
    stripeSyncedAt: instant('stripe_synced_at'),
    sortOrder: integer('sort_order').notNull().default(0),
    /** Null: on offer. Its terms never change: another price is another offer. */
    archivedAt: instant('archived_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.stripePriceId),
    hasLength(table.displayName, { min: 1, max: 80 }),
    isPositive(table.amount),
    isOneOf(table.scope, addonScopes),
    // Stripe takes at most eight digits.
    holds(table.price, sql`${table.price} BETWEEN 1 AND 99999999`),
    isCurrency(table.currency),
    isOneOf(table.billingInterval, billingIntervals),
    holds(
      table.billingInterval,
      sql`(${table.billingInterval} IS NULL) = (${table.scope} = 'one_cycle')`,
      'scope_check',
    ),
    reference(table.agentId, agents.id, 'cascade'),
    foreignKey({
      name: 'agent_addon_offers_metric_id_fkey',
      columns: [table.metricId, table.agentId],
      foreignColumns: [agentMetricDefinitions.id, agentMetricDefinitions.agentId],
    }).onDelete('cascade'),
    indexed(table.agentId, table.sortOrder),
    indexed(table.metricId),
  ],
)

// --- Subscriptions and usage -----------------------------------------------------------------------------------------

/** Those that a person can come back from. While one exists, checkout leads to it instead of opening another. */
export const liveStatuses = ['active', 'trialing'] as const
export const openStatuses = [...liveStatuses, 'past_due', 'unpaid', 'paused', 'incomplete'] as const
export const subscriptionStatuses = [...openStatuses, 'incomplete_expired', 'canceled'] as const

export const userAgentSubscriptions = pgTable(
  'user_agent_subscriptions',
  {
    id: id(),
    userId: authId('user_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    tierId: uuid('tier_id').notNull(),
    /** Null: a person's own. Teams will set it; entitlement is already read through one function. */
    organizationId: authId('organization_id'),
    status: text('status', { enum: subscriptionStatuses }).notNull(),
    stripeCustomerId: text('stripe_customer_id'),
    stripeSubscriptionId: text('stripe_subscription_id'),
    /** What was agreed when it began: minor units of `currency` for one billing interval. */
    amount: units('amount').notNull().default(0),
    /** Null: free. */
    currency: text('currency'),
    /** Stripe's price id at that time. Null: free. */
    priceId: text('price_id'),
    /** Half-open `[start, end)`, by the business clock. */
    currentPeriodStart: businessInstant('current_period_start'),
    // Months are counted in UTC, whatever time zone a session has.
    currentPeriodEnd: instant('current_period_end')
      .notNull()
      .default(sql`(rialto_now() AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'`),
    /** What months are counted from, so that 31 January leads to 28 February and then to 31 March. */
    periodAnchor: businessInstant('period_anchor'),
    /** The tier, or the version of it, that takes over by itself at `nextTierAt`. Null: none. */
    nextTierId: uuid('next_tier_id'),
    nextTierAt: instant('next_tier_at'),
    /** Since when its payment has failed. Null: it has not, or it is not known. */
    pastDueAt: instant('past_due_at'),
    /** Counts the changes of what it may use: who works from an older number than a counter's looks again. */
    usageEpoch: integer('usage_epoch').notNull().default(0),
    /** Null: no trial. */
    trialEndsAt: instant('trial_ends_at'),
    cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull().default(false),
    /** Null: not canceled. */
    canceledAt: instant('canceled_at'),
    /** Since when a charge of it is disputed: it stands still until that is over. Null: none is. */
    disputedAt: instant('disputed_at'),
    /** When it last agreed with Stripe, by the real clock. Null: never, as what is free. */
    reconciledAt: instant('reconciled_at'),
    /** Of the publisher's own people: never counts as use, in insights or for a review. */
    isTest: boolean('is_test').notNull().default(false),
    /** Percent of a limit at which its person wants a mail, of whatever metric. Null: those that the publisher chose. */
    noticeThresholds: smallint('notice_thresholds').array(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    // Decides races: of two concurrent checkouts one wins, and the loser is canceled and refunded.
    uniqueWhere(
      { suffix: 'live', where: sql`${table.status} IN (${literals(liveStatuses)})` },
      table.userId,
      table.agentId,
    ),
    uniqueWhere(
      { suffix: 'open', where: sql`${table.status} IN (${literals(openStatuses)})` },
      table.userId,
      table.agentId,
    ),
    uniqueOver(table.stripeSubscriptionId),
    isOneOf(table.status, subscriptionStatuses),
    holds(table.currentPeriodEnd, sql`${table.currentPeriodEnd} > ${table.currentPeriodStart}`),
    isNonNegative(table.amount),
    isCurrency(table.currency),
    holds(table.amount, sql`${table.amount} = 0 OR ${table.currency} IS NOT NULL`, 'currency_check'),
    holds(
      table.noticeThresholds,
      sql`cardinality(${table.noticeThresholds}) <= 5 AND 1 <= ALL (${table.noticeThresholds}) AND 100 >= ALL (${table.noticeThresholds})`,
    ),
    reference(table.userId, user.id, 'cascade'),
    reference(table.agentId, agents.id, 'cascade'),
    foreignKey({
      name: 'user_agent_subscriptions_tier_id_fkey',
      columns: [table.tierId, table.agentId],
      foreignColumns: [agentPricingTiers.id, agentPricingTiers.agentId],
    }),
    foreignKey({
      name: 'user_agent_subscriptions_next_tier_id_fkey',
      columns: [table.nextTierId, table.agentId],
      foreignColumns: [agentPricingTiers.id, agentPricingTiers.agentId],
    }),
    holds(table.nextTierId, sql`(${table.nextTierId} IS NULL) = (${table.nextTierAt} IS NULL)`),
    reference(table.organizationId, organization.id, 'set null'),
    indexed(table.userId, table.agentId, table.status),
    indexed(table.agentId, table.status, table.createdAt),
    indexed(table.tierId),
    indexedWhere({ suffix: 'set', where: sql`${table.nextTierId} IS NOT NULL` }, table.nextTierId),
    indexed(table.organizationId),
    indexed(table.stripeCustomerId),
    // Sweeps look for periods that have ended.
    indexedWhere(
      { suffix: 'open', where: sql`${table.status} IN (${literals(openStatuses)})` },
      table.currentPeriodEnd,
    ),
    // The sweep takes those first that it has not looked at for longest.
    indexedWhere(
      {
        suffix: 'paid',
        where: sql`${table.stripeSubscriptionId} IS NOT NULL AND ${table.status} IN (${literals(openStatuses)})`,
      },
      table.reconciledAt,
    ),
  ],
)

/** The counters. Updated in place for every event, so the table leaves room on its pages (fillfactor, in a migration). */
export const subscriptionUsage = pgTable(
  'subscription_usage',
  {
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    /** Half-open `[start, end)`, by the business clock. */
    periodStart: instant('period_start').notNull(),
    periodEnd: instant('period_end').notNull(),
    used: units('used').notNull().default(0),
    /** How much of `used` is only reserved. */
    held: units('held').notNull().default(0),
    /** The subscription's `usageEpoch` when its entitlement last changed. */
    epoch: integer('epoch').notNull().default(0),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.subscriptionId, table.metricId, table.periodStart),
    isNonNegative(table.used),
    holds(table.held, sql`${table.held} BETWEEN 0 AND ${table.used}`),
    holds(table.periodEnd, sql`${table.periodEnd} > ${table.periodStart}`),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'no action'),
    indexed(table.metricId),
  ],
)

export const subscriptionAddons = pgTable(
  'subscription_addons',
  {
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    amount: units('amount').notNull(),
    scope: text('scope', { enum: addonScopes }).notNull(),
    source: text('source', { enum: addonSources }).notNull(),
    /** By the business clock: decides which period a `one_cycle` add-on belongs to. */
    grantedAt: businessInstant('granted_at'),
    /** Why an operator granted it. Null: purchased. */
    reason: text('reason'),
    createdBy: authId('created_by'),
    /** The payment it was bought with, or the item of the subscription that it is billed by. Null: granted. */
    stripeObjectId: text('stripe_object_id'),
    /** What was bought. Null: granted. */
    offerId: uuid('offer_id'),
    /** Null: live. */
    revokedAt: instant('revoked_at'),
    revokedBy: authId('revoked_by'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.stripeObjectId),
    isPositive(table.amount),
    isOneOf(table.scope, addonScopes),
    isOneOf(table.source, addonSources),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'no action'),
    reference(table.offerId, agentAddonOffers.id, 'set null'),
    reference(table.createdBy, user.id, 'set null'),
    reference(table.revokedBy, user.id, 'set null'),
    indexed(table.offerId),
    indexed(table.subscriptionId, table.grantedAt),
    indexedWhere({ suffix: 'live', where: sql`${table.revokedAt} IS NULL` }, table.subscriptionId, table.metricId),
    indexed(table.metricId),
    indexed(table.createdBy),
    indexed(table.revokedBy),
  ],
)

export const ledgerEventTypes = [
  'consume',
  // A gauge went up or down, or an operator set a counter right.
  'adjust',
  'refund',
  // A reservation: the hold, what settling added or gave back, and what lapsing gave back.
  'hold',
  'settle',
  'lapse',
  // Use that moved between subscriptions or periods.
  'carry_in',
  'carry_out',
] as const

/** Append-only, enforced by triggers: rows leave only with their subscription. */
export const usageLedger = pgTable(
  'usage_ledger',
  {
    id: id(),
    /** Order of writing. Readers stay behind a watermark: a lower number may commit later. */
    seq: bigint('seq', { mode: 'number' }).notNull().generatedAlwaysAsIdentity({ name: 'usage_ledger_seq' }),
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    eventType: text('event_type', { enum: ledgerEventTypes }).notNull(),
    /** Negative where it gives back. */
    delta: units('delta').notNull(),
    /** The caller's idempotency key: the same id is charged once, whatever happens in between. */
    clientReqId: uuid('client_req_id').notNull(),
    /** The entry that this one takes back or settles. Null: it stands alone. */
    refersToId: uuid('refers_to_id'),
    metadata: jsonb('metadata').$type<Json>().notNull().default({}),
    /** The counter after this entry and the limit it was held against, so that a replay gets the first answer again. */
    usedAfter: units('used_after').notNull(),
    /** Null: unlimited. */
    limitAt: units('limit_at'),
    /**
     * What the limit was made of, in the order it is drawn: included, one-cycle granted and purchased, permanent granted and
     * purchased. Null: all of it was included.
     */
    limitParts: units('limit_parts').array(),
    /** The usage period it counts in. Null: a gauge, which has no period. */
    periodStart: instant('period_start'),
    /** By the business clock. */
    occurredAt: businessInstant('occurred_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.clientReqId),
    isOneOf(table.eventType, ledgerEventTypes),
    isExact(table.delta),
    isNonNegative(table.usedAfter),
    isNonNegative(table.limitAt),
    holds(table.metadata, sql`jsonb_typeof(${table.metadata}) = 'object'`),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    // Not indexed on this side: each index costs every event, and metrics leave only with their agent, in a job.
    reference(table.metricId, agentMetricDefinitions.id, 'no action'),
    reference(table.refersToId, table.id, 'no action'),
    indexed(table.subscriptionId, table.seq),
    indexedWhere({ suffix: 'set', where: sql`${table.refersToId} IS NOT NULL` }, table.refersToId),
    // Rare rows: where use went, for a refund that comes after it.
    indexedWhere({ suffix: 'moved', where: sql`${table.eventType} = 'carry_out'` }, table.subscriptionId, table.seq),
    // Exports read long ranges in order of writing; a block range index answers that at no cost to a write.
    index('usage_ledger_seq_brin').using('brin', table.seq),
  ],
)

/** Of a reservation: `held` until its work is done (`committed`), given up (`released`) or too late (`lapsed`). */
export const reservationStates = ['held', 'committed', 'released', 'lapsed'] as const

/** Units taken before costly work and settled after it. The id is that of the ledger entry that holds them. */
export const usageReservations = pgTable(
  'usage_reservations',
  {
    id: uuid('id').primaryKey(),
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    /** The counter that holds them: settling counts there, also when its period is over. */
    usageId: uuid('usage_id').notNull(),
    /** Units held. */
    amount: units('amount').notNull(),
    state: text('state', { enum: reservationStates }).notNull().default('held'),
    /** By the business clock; from then on whoever needs the units may take them back. */
    expiresAt: instant('expires_at').notNull(),
    /** Units that the work took as its agent said. Null: not committed. */
    committed: units('committed'),
    /** Null: still held. */
    settledAt: instant('settled_at'),
    /** The counter and its limit as they were then, so that settling again gets the first answer. Null: not settled, or lapsed. */
    usedAfter: units('used_after'),
    limitAt: units('limit_at'),
    limitParts: units('limit_parts').array(),
    createdAt: createdAt(),
  },
  (table) => [
    isPositive(table.amount),
    isNonNegative(table.committed),
    isOneOf(table.state, reservationStates),
    holds(table.settledAt, sql`(${table.settledAt} IS NULL) = (${table.state} = 'held')`),
    holds(table.committed, sql`(${table.committed} IS NOT NULL) = (${table.state} = 'committed')`, 'state_check'),
    reference(table.id, usageLedger.id, 'cascade'),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.usageId, subscriptionUsage.id, 'cascade'),
    indexed(table.subscriptionId),
    indexed(table.usageId),
    indexedWhere({ suffix: 'held', where: sql`${table.state} = 'held'` }, table.expiresAt),
  ],
)

/** One row per threshold reached, so that it is told once. Another limit, such as after an add-on, arms it again. */
export const usageNotices = pgTable(
  'usage_notices',
  {
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    periodStart: instant('period_start').notNull(),
    /** Percent of the limit. */
    threshold: smallint('threshold').notNull(),
    limitAt: units('limit_at').notNull(),
    usedAt: units('used_at').notNull(),
    createdAt: createdAt(),
    /** When its mail was handed over. Null: not yet. */
    mailedAt: instant('mailed_at'),
  },
  (table) => [
    unique('usage_notices_once_key').on(
      table.subscriptionId,
      table.metricId,
      table.periodStart,
      table.threshold,
      table.limitAt,
    ),
    holds(table.threshold, sql`${table.threshold} BETWEEN 1 AND 100`),
    isPositive(table.limitAt),
    isNonNegative(table.usedAt),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'cascade'),
    indexed(table.metricId),
    indexedWhere({ suffix: 'unmailed', where: sql`${table.mailedAt} IS NULL` }, table.createdAt),
  ],
)

/** How often a subscription was told no. Written behind the answers, so a process that dies takes its last seconds along. */
export const usageDenialsHourly = pgTable(
  'usage_denials_hourly',
  {
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    /** Its first moment, by the business clock. */
    hour: instant('hour').notNull(),
    denials: units('denials').notNull(),
  },
  (table) => [
    primaryKey({ name: 'usage_denials_hourly_pkey', columns: [table.subscriptionId, table.metricId, table.hour] }),
    isPositive(table.denials),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'cascade'),
    indexed(table.metricId),
    indexed(table.hour),
  ],
)

/** Mails that somebody can do without; all others are about their security, their money or what they asked for. */
export const optionalMailKinds = ['usage_limits', 'payment_receipts'] as const

/** One row per kind of mail that a person doesn't want. */
export const mailOptOuts = pgTable(
  'mail_opt_outs',
  {
    userId: authId('user_id').notNull(),
    kind: text('kind', { enum: optionalMailKinds }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ name: 'mail_opt_outs_pkey', columns: [table.userId, table.kind] }),
    isOneOf(table.kind, optionalMailKinds),
    reference(table.userId, user.id, 'cascade'),
  ],
)

/** What a subscription used on a day, for drawing: the ledger is what counts. */
export const usageDaily = pgTable(
  'usage_daily',
  {
    subscriptionId: uuid('subscription_id').notNull(),
    metricId: uuid('metric_id').notNull(),
    /** UTC, of when it happened. */
    day: date('day', { mode: 'string' }).notNull(),
    /** Of a counter the units of the day, less what was given back of them; of a gauge the level after the day's last change. */
    used: units('used').notNull(),
  },
  (table) => [
    primaryKey({ name: 'usage_daily_pkey', columns: [table.subscriptionId, table.metricId, table.day] }),
    isNonNegative(table.used),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.metricId, agentMetricDefinitions.id, 'cascade'),
    indexed(table.metricId),
  ],
)

export const disputeStates = ['open', 'credited', 'declined'] as const

/** Somebody says that a line of their receipts is wrong. An operator credits units or says why not. */
export const usageDisputes = pgTable(
  'usage_disputes',
  {
    id: id(),
    subscriptionId: uuid('subscription_id').notNull(),
    /** Of the ledger, in this subscription. No foreign key: a reference would be looked for at each entry that is deleted with its parent. */
    entryId: uuid('entry_id').notNull(),
    userId: authId('user_id').notNull(),
    message: text('message').notNull(),
    state: text('state', { enum: disputeStates }).notNull().default('open'),
    /** Units given back. Null: none. */
    creditedUnits: units('credited_units'),
    /** What the person is told. */
    decision: text('decision').notNull().default(''),
    decidedBy: authId('decided_by'),
    /** Null: open. */
    decidedAt: instant('decided_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.entryId),
    isOneOf(table.state, disputeStates),
    hasLength(table.message, { min: 1, max: 2_000 }),
    hasLength(table.decision, { min: 0, max: 1_000 }),
    isPositive(table.creditedUnits),
    holds(
      table.creditedUnits,
      sql`(${table.creditedUnits} IS NOT NULL) = (${table.state} = 'credited')`,
      'state_check',
    ),
    holds(table.decidedAt, sql`(${table.decidedAt} IS NULL) = (${table.state} = 'open')`),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    reference(table.decidedBy, user.id, 'set null'),
    indexed(table.subscriptionId),
    indexed(table.userId),
    indexed(table.decidedBy),
    indexed(table.state, table.createdAt, table.id),
  ],
)

export const stripeEvents = pgTable(
  'stripe_events',
  {
    id: id(),
    stripeEventId: text('stripe_event_id').notNull(),
    type: text('type').notNull(),
    livemode: boolean('livemode').notNull().default(false),
    payload: jsonb('payload').$type<Json>().notNull(),
    /** Whose data the payload holds, at Stripe. Null: nobody's. */
    stripeCustomerId: text('stripe_customer_id'),
    /** Only ids are left of the payload, or were ever kept. */
    isReduced: boolean('is_reduced').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    /** Null: not processed yet, or failed; `errorMessage` tells which. Only this makes a repetition harmless. */
    processedAt: instant('processed_at'),
    errorMessage: text('error_message'),
    /** What came of it, such as `reconciled` or `foreign`. Null: not processed yet. */
    outcome: text('outcome'),
    receivedAt: createdAt('received_at'),
  },
  (table) => [
    uniqueOver(table.stripeEventId),
    holds(table.attempts, sql`${table.attempts} >= 0`),
    indexed(table.receivedAt, table.id),
    indexed(table.type, table.receivedAt),
    indexedWhere({ suffix: 'known', where: sql`${table.stripeCustomerId} IS NOT NULL` }, table.stripeCustomerId),
    indexedWhere({ suffix: 'whole', where: sql`NOT ${table.isReduced}` }, table.processedAt),
    indexedWhere({ suffix: 'unprocessed', where: sql`${table.processedAt} IS NULL` }, table.receivedAt),
  ],
)

// --- Money -----------------------------------------------------------------------------------------------------------

export const billingEntryKinds = [
  'charge',
  'refund',
  'dispute',
  'dispute_reversal',
  'fee',
  'payout',
  'adjustment',
] as const

/**
 * Every movement of money. Append-only, enforced by triggers, and without foreign keys: the books outlive the people,
 * agents and organizations they are about, so they hold references by value and a person only as a keyed hash.
 */
export const billingEntries = pgTable(
  'billing_entries',
  {
    id: id(),
    seq: bigint('seq', { mode: 'number' }).notNull().generatedAlwaysAsIdentity({ name: 'billing_entries_seq' }),
    kind: text('kind', { enum: billingEntryKinds }).notNull(),
    /** Minor units of `currency`; negative where money leaves. */
    amount: units('amount').notNull(),
    currency: text('currency').notNull(),
    /** The one object at Stripe that this entry records. Null: an adjustment by hand. */
    stripeObjectId: text('stripe_object_id'),
    /** Keyed hash of the person. Null: the movement has no buyer, such as a payout. */
    subjectHash: text('subject_hash'),
    subscriptionRef: uuid('subscription_ref'),
    agentRef: uuid('agent_ref'),
    organizationRef: text('organization_ref'),
    isTest: boolean('is_test').notNull().default(false),
    metadata: jsonb('metadata').$type<Json>().notNull().default({}),
    /** By the business clock. */
    occurredAt: businessInstant('occurred_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.seq),
    uniqueOver(table.stripeObjectId),
    isOneOf(table.kind, billingEntryKinds),
    isExact(table.amount),
    isCurrency(table.currency),
    holds(table.metadata, sql`jsonb_typeof(${table.metadata}) = 'object'`),
    indexed(table.organizationRef, table.occurredAt),
    indexed(table.agentRef, table.occurredAt),
    indexed(table.subscriptionRef),
    indexed(table.subjectHash),
  ],
)

/** Who a person is at Stripe. The row is there before Stripe is asked, and its id makes that call happen once. */
export const billingCustomers = pgTable(
  'billing_customers',
  {
    id: id(),
    userId: authId('user_id').notNull(),
    /** Null: Stripe was not asked yet, or the answer was lost. */
    stripeCustomerId: text('stripe_customer_id'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.userId),
    uniqueOver(table.stripeCustomerId),
    reference(table.userId, user.id, 'cascade'),
  ],
)

export const billingIntentKinds = ['checkout', 'change', 'cancel', 'resume', 'addon', 'refund', 'setup'] as const

/** What may make a person pay more, now or later: each is held against their spending caps. */
export const purchaseKinds = ['checkout', 'change', 'resume', 'addon'] as const satisfies readonly BillingIntentKind[]
type BillingIntentKind = (typeof billingIntentKinds)[number]

/** Minor units of `currency` by month as `2026-11`: by how much a purchase may raise what that month costs. */
export interface SpendingClaim {
  readonly currency: string
  readonly months: Readonly<Record<string, number>>
}

/**
 * `open`: Stripe may or may not know of it yet. `done`: it is as it was meant. `undone`: it was paid and given back. `refused`: it
 * came to nothing, and nothing was taken. `expired`: nobody answered in time.
 */
export const billingIntentStates = ['open', 'done', 'undone', 'refused', 'expired'] as const

/** What is about to be asked of Stripe, written down before: its id makes the call happen once, whatever happens in between. */
export const billingIntents = pgTable(
  'billing_intents',
  {
    id: id(),
    kind: text('kind', { enum: billingIntentKinds }).notNull(),
    /** Who pays. */
    userId: authId('user_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    /** Null: there is none yet. */
    subscriptionId: uuid('subscription_id'),
    tierId: uuid('tier_id'),
    offerId: uuid('offer_id'),
    state: text('state', { enum: billingIntentStates }).notNull().default('open'),
    /** Why it is `undone` or `refused`, as a code that pages have words for. */
    reason: text('reason'),
    /** What was asked for, so that the same can be asked again. */
    input: jsonb('input').$type<Json>().notNull().default({}),
    /** What it may come to cost while it is open, by calendar month. Null: nothing is bought by it. */
    claim: jsonb('claim').$type<SpendingClaim>(),
    /** The session, subscription, invoice or refund that it became. Null: not known yet. */
    stripeObjectId: text('stripe_object_id'),
    /** Stripe's page for it. Null: none, or not any more. */
    url: text('url'),
    /** By the business clock. */
    expiresAt: instant('expires_at').notNull(),
    /** Null: open. */
    settledAt: instant('settled_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    // One purchase at a time: two browsers share it.
    uniqueWhere(
      { suffix: 'checkout', where: sql`${table.kind} = 'checkout' AND ${table.state} = 'open'` },
      table.userId,
      table.agentId,
    ),
    uniqueWhere(
      { suffix: 'change', where: sql`${table.kind} = 'change' AND ${table.state} = 'open'` },
      table.subscriptionId,
    ),
    isOneOf(table.kind, billingIntentKinds),
    isOneOf(table.state, billingIntentStates),
    holds(table.settledAt, sql`(${table.settledAt} IS NULL) = (${table.state} = 'open')`),
    holds(table.input, sql`jsonb_typeof(${table.input}) = 'object'`),
    // What may cost is held against its person's spending caps before it is written down.
    holds(
      table.claim,
      sql`(${table.claim} IS NOT NULL) = (${table.kind} IN (${literals(purchaseKinds)}))`,
      'kind_check',
    ),
    reference(table.userId, user.id, 'cascade'),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.subscriptionId, userAgentSubscriptions.id, 'cascade'),
    reference(table.tierId, agentPricingTiers.id, 'set null'),
    reference(table.offerId, agentAddonOffers.id, 'set null'),
    indexed(table.userId, table.createdAt),
    indexed(table.agentId),
    indexed(table.subscriptionId),
    indexed(table.tierId),
    indexed(table.offerId),
    indexed(table.stripeObjectId),
    indexedWhere({ suffix: 'open', where: sql`${table.state} = 'open'` }, table.createdAt),
  ],
)

/**
 * The most that somebody lets themself be charged in a calendar month (UTC, by the business clock). At one agent it outlives its
 * subscription: ending it and beginning anew doesn't shed it.
 */
export const spendingCaps = pgTable(
  'spending_caps',
  {
    id: id(),
    userId: authId('user_id').notNull(),
    /** Null: over all that they pay for. */
    agentId: uuid('agent_id'),
    /** Minor units of `currency`. */
    amount: units('amount').notNull(),
    currency: text('currency').notNull(),
    /** The month that `toldPercent` is about, as `2026-11`. Null: nothing was told yet. */
    toldMonth: text('told_month'),
    /** The highest threshold that its owner was told of. */
    toldPercent: smallint('told_percent').notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.userId, table.agentId).nullsNotDistinct(),
    holds(table.amount, sql`${table.amount} BETWEEN 0 AND 99999999`),
    isCurrency(table.currency),
    holds(table.toldMonth, sql`${table.toldMonth} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
    holds(table.toldPercent, sql`${table.toldPercent} IN (0, 50, 80, 100)`),
    reference(table.userId, user.id, 'cascade'),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.agentId),
  ],
)

/** Who works on something at Stripe just now. It expires by itself: no lock or transaction stays open over a network call. */
export const billingLeases = pgTable(
  'billing_leases',
  {
    /** What it is for, such as a subscription's id at Stripe. */
    key: text('key').primaryKey(),
    holder: uuid('holder').notNull(),
    /** By the real clock. */
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [hasLength(table.key, { min: 1, max: 255 }), indexed(table.expiresAt)],
)

/** Who had a trial of what, as keyed hashes of person, address and card: kept when the person goes. */
export const trialUses = pgTable(
  'trial_uses',
  {
    subjectHash: text('subject_hash').notNull(),
    /** By value: the memory outlives the agent's row. */
    agentRef: uuid('agent_ref').notNull(),
    /** By the business clock. */
    usedAt: businessInstant('used_at'),
  },
  (table) => [
    primaryKey({ name: 'trial_uses_pkey', columns: [table.subjectHash, table.agentRef] }),
    hasLength(table.subjectHash, { min: 1, max: 64 }),
  ],
)

export const publisherAccounts = pgTable(
  'publisher_accounts',
  {
    id: id(),
    organizationId: authId('organization_id').notNull(),
    /** The marketplace's share of each sale. */
    feeBp: integer('fee_bp').notNull().default(0),
    /** Null: payouts are made outside of Stripe. */
    stripeAccountId: text('stripe_account_id'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.organizationId),
    uniqueOver(table.stripeAccountId),
    isBasisPoints(table.feeBp),
    reference(table.organizationId, organization.id, 'cascade'),
  ],
)

// --- Social and engagement -------------------------------------------------------------------------------------------

export const reviews = pgTable(
  'reviews',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    userId: authId('user_id').notNull(),
    rating: integer('rating').notNull(),
    title: text('title').notNull().default(''),
    /** Markdown. */
    body: text('body').notNull().default(''),
    /** The publisher's answer. Null: none. */
    reply: text('reply'),
    repliedAt: instant('replied_at'),
    /** Null: shown. An operator hides, never edits. */
    hiddenAt: instant('hidden_at'),
    hiddenBy: authId('hidden_by'),
    /** What its person is told. Null: it is shown. */
    hiddenReason: text('hidden_reason'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.agentId, table.userId),
    holds(table.rating, sql`${table.rating} BETWEEN 1 AND 5`),
    hasLength(table.title, { min: 0, max: 200 }),
    hasLength(table.body, { min: 0, max: 10_000 }),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    reference(table.hiddenBy, user.id, 'set null'),
    indexed(table.hiddenBy),
    indexed(table.agentId, table.createdAt, table.id),
    indexed(table.userId),
  ],
)

/** On which days somebody signed in at an agent themself: what a publisher can't write, so that a review can rest on it. */
export const agentSignIns = pgTable(
  'agent_sign_ins',
  {
    agentId: uuid('agent_id').notNull(),
    userId: authId('user_id').notNull(),
    /** UTC, by the business clock. */
    day: date('day', { mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'agent_sign_ins_pkey', columns: [table.agentId, table.userId, table.day] }),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    indexed(table.userId),
  ],
)

export const reportKinds = ['agent', 'review', 'removal'] as const
export const reportReasons = [
  'spam',
  'misleading',
  'harmful',
  'illegal',
  'not_working',
  'off_topic',
  'mine',
  'other',
] as const
export const reportStates = ['open', 'upheld', 'dismissed'] as const

/** What people tell the operators about a listing or a review. `removal`: a project that wants its directory entry gone. */
export const reports = pgTable(
  'reports',
  {
    id: id(),
    kind: text('kind', { enum: reportKinds }).notNull(),
    agentId: uuid('agent_id').notNull(),
    /** Null: it is about the agent. */
    reviewId: uuid('review_id'),
    reporterId: authId('reporter_id'),
    /** As it was given, to answer to. Null: they have an account. */
    reporterEmail: text('reporter_email'),
    reason: text('reason', { enum: reportReasons }).notNull(),
    details: text('details').notNull().default(''),
    state: text('state', { enum: reportStates }).notNull().default('open'),
    decidedBy: authId('decided_by'),
    /** Null: open. */
    decidedAt: instant('decided_at'),
    /** Why it was decided so. */
    decision: text('decision').notNull().default(''),
    /** Null: the mailbox that it was given from has not said yes, and operators don't see it. */
    confirmedAt: instant('confirmed_at').defaultNow(),
    createdAt: createdAt(),
  },
  (table) => [
    isOneOf(table.kind, reportKinds),
    isOneOf(table.reason, reportReasons),
    isOneOf(table.state, reportStates),
    holds(table.reviewId, sql`(${table.reviewId} IS NOT NULL) = (${table.kind} = 'review')`),
    holds(table.decidedAt, sql`(${table.decidedAt} IS NULL) = (${table.state} = 'open')`),
    hasLength(table.details, { min: 0, max: 2_000 }),
    hasLength(table.decision, { min: 0, max: 500 }),
    isEmail(table.reporterEmail),
    // One open report of each person, or each address, about each thing.
    uniqueWhere(
      { suffix: 'about_agent', where: sql`${table.state} = 'open' AND ${table.reviewId} IS NULL` },
      table.reporterId,
      table.kind,
      table.agentId,
    ),
    uniqueWhere(
      { suffix: 'open', where: sql`${table.state} = 'open'` },
      table.reporterEmail,
      table.kind,
      table.agentId,
    ),
    uniqueWhere(
      { suffix: 'open', where: sql`${table.state} = 'open'` },
      table.reporterId,
      table.kind,
      table.agentId,
      table.reviewId,
    ),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.reviewId, reviews.id, 'cascade'),
    reference(table.reporterId, user.id, 'set null'),
    reference(table.decidedBy, user.id, 'set null'),
    indexed(table.reporterId),
    indexed(table.agentId),
    indexed(table.reviewId),
    indexed(table.decidedBy),
    indexed(table.state, table.createdAt, table.id),
  ],
)

export const claimMethods = ['well_known', 'dns'] as const
export const claimStates = ['pending', 'proven', 'approved', 'refused', 'withdrawn'] as const

/** Somebody says that an unclaimed entry is their organization's, and proves it by what stands at the project's own address. */
export const agentClaims = pgTable(
  'agent_claims',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    userId: authId('user_id').notNull(),
    organizationId: authId('organization_id').notNull(),
    method: text('method', { enum: claimMethods }).notNull().default('well_known'),
    /** What has to stand there; public, and worth nothing elsewhere. */
    token: text('token').notNull(),
    /** Where it was looked for: the host of the homepage when the claim was made. */
    host: text('host').notNull(),
    state: text('state', { enum: claimStates }).notNull().default('pending'),
    /** Null: it was not looked for yet. */
    checkedAt: instant('checked_at'),
    /** What was found instead. Null: nothing was looked for, or it was there. */
    checkError: text('check_error'),
    provenAt: instant('proven_at'),
    decidedBy: authId('decided_by'),
    decidedAt: instant('decided_at'),
    /** Why it was refused. */
    reason: text('reason'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    isOneOf(table.method, claimMethods),
    isOneOf(table.state, claimStates),
    hasLength(table.token, { min: 20, max: 100 }),
    uniqueWhere(
      { suffix: 'open', where: sql`${table.state} IN ('pending', 'proven')` },
      table.agentId,
      table.organizationId,
    ),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    reference(table.organizationId, organization.id, 'cascade'),
    reference(table.decidedBy, user.id, 'set null'),
    indexed(table.agentId),
    indexed(table.userId),
    indexed(table.organizationId),
    indexed(table.decidedBy),
    indexed(table.state, table.createdAt, table.id),
  ],
)

export const agentFavourites = pgTable(
  'agent_favourites',
  {
    userId: authId('user_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ name: 'agent_favourites_pkey', columns: [table.userId, table.agentId] }),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    indexed(table.agentId),
  ],
)

/** Agents that an operator shows together. */
export const collections = pgTable(
  'collections',
  {
    id: id(),
    slug: text('slug').notNull(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    sortOrder: integer('sort_order').notNull().default(0),
    /** Null: not shown. */
    publishedAt: instant('published_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    uniqueOver(table.slug),
    isSlug(table.slug),
    hasLength(table.title, { min: 1, max: 80 }),
    hasLength(table.description, { min: 0, max: 500 }),
    indexed(table.sortOrder, table.id),
  ],
)

export const collectionAgents = pgTable(
  'collection_agents',
  {
    collectionId: uuid('collection_id').notNull(),
    agentId: uuid('agent_id').notNull(),
    sortOrder: integer('sort_order').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'collection_agents_pkey', columns: [table.collectionId, table.agentId] }),
    reference(table.collectionId, collections.id, 'cascade'),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.agentId),
  ],
)

export const agentInstalls = pgTable(
  'agent_installs',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    userId: authId('user_id').notNull(),
    installedAt: createdAt('installed_at'),
  },
  (table) => [
    uniqueOver(table.agentId, table.userId),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    indexed(table.userId, table.installedAt),
  ],
)

export const agentWaitlist = pgTable(
  'agent_waitlist',
  {
    id: id(),
    agentId: uuid('agent_id').notNull(),
    email: text('email').notNull(),
    /** Null: its mailbox has not said yes; such rows go after a week. */
    confirmedAt: instant('confirmed_at'),
    /** When it was told that the agent can be used. Null: not yet. */
    toldAt: instant('told_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.agentId, table.email),
    isEmail(table.email),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.email),
    indexedWhere({ suffix: 'unconfirmed', where: sql`${table.confirmedAt} IS NULL` }, table.createdAt),
  ],
)

/** Measured figures only: null is "not measured", never a guess. */
export const agentMetricsDaily = pgTable(
  'agent_metrics_daily',
  {
    agentId: uuid('agent_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    activeUsers: integer('active_users').notNull().default(0),
    messages: units('messages').notNull().default(0),
    apiCalls: units('api_calls').notNull().default(0),
    avgLatencyMs: integer('avg_latency_ms'),
    /** Basis points: 9995 is 99.95 %. */
    uptimeBp: integer('uptime_bp'),
    csatBp: integer('csat_bp'),
  },
  (table) => [
    primaryKey({ name: 'agent_metrics_daily_pkey', columns: [table.agentId, table.day] }),
    holds(table.activeUsers, sql`${table.activeUsers} >= 0`),
    isNonNegative(table.messages),
    isNonNegative(table.apiCalls),
    holds(table.avgLatencyMs, sql`${table.avgLatencyMs} >= 0`),
    isBasisPoints(table.uptimeBp),
    isBasisPoints(table.csatBp),
    reference(table.agentId, agents.id, 'cascade'),
  ],
)

/** Whether an agent answered when Rialto asked its address; kept for 90 days. */
export const agentChecks = pgTable(
  'agent_checks',
  {
    agentId: uuid('agent_id').notNull(),
    checkedAt: instant('checked_at').notNull().defaultNow(),
    isReachable: boolean('is_reachable').notNull().default(false),
    /** To the answer's first byte. Null: there was none. */
    latencyMs: integer('latency_ms'),
    /** Why not, such as `timeout` or `status_502`. Null: it answered. */
    reason: text('reason'),
  },
  (table) => [
    primaryKey({ name: 'agent_checks_pkey', columns: [table.agentId, table.checkedAt] }),
    holds(table.latencyMs, sql`${table.latencyMs} >= 0`),
    hasLength(table.reason, { min: 1, max: 60 }),
    holds(table.isReachable, sql`${table.isReachable} = (${table.reason} IS NULL)`),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.checkedAt),
  ],
)

/** Who used an agent on a day, so that `activeUsers` counts each once, however late a report of theirs comes. */
export const agentActiveUsers = pgTable(
  'agent_active_users',
  {
    agentId: uuid('agent_id').notNull(),
    /** UTC. */
    day: date('day', { mode: 'string' }).notNull(),
    userId: authId('user_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'agent_active_users_pkey', columns: [table.agentId, table.day, table.userId] }),
    reference(table.agentId, agents.id, 'cascade'),
    reference(table.userId, user.id, 'cascade'),
    indexed(table.userId),
  ],
)

/** How far a job has come that goes on where it left off. Only that job reads or writes its row. */
export const jobPositions = pgTable(
  'job_positions',
  {
    job: text('job').primaryKey(),
    position: jsonb('position').$type<Json>().notNull().default({}),
    updatedAt: updatedAt(),
  },
  (table) => [
    hasLength(table.job, { min: 1, max: 100 }),
    holds(table.position, sql`jsonb_typeof(${table.position}) = 'object'`),
  ],
)

// --- Observability ---------------------------------------------------------------------------------------------------

export const auditResults = ['success', 'failure', 'denied'] as const

/** Append-only, enforced by triggers. One change is allowed: `userId` becomes null once its person is gone. */
export const auditLogs = pgTable(
  'audit_logs',
  {
    id: id(),
    userId: authId('user_id'),
    /** By value: the trail keeps naming an organization that is gone, and may not be changed when it goes. */
    orgId: authId('org_id'),
    /** A verb, such as `addon.grant`. */
    action: text('action').notNull(),
    /** The kind of thing acted on, such as `subscription`. */
    resource: text('resource').notNull(),
    resourceId: text('resource_id'),
    result: text('result', { enum: auditResults }).notNull().default('success'),
    errorCode: text('error_code'),
    metadata: jsonb('metadata').$type<Json>().notNull().default({}),
    timestamp: createdAt('timestamp'),
  },
  (table) => [
    isOneOf(table.result, auditResults),
    holds(table.metadata, sql`jsonb_typeof(${table.metadata}) = 'object'`),
    reference(table.userId, user.id, 'set null'),
    indexed(table.timestamp, table.id),
    indexed(table.userId, table.timestamp),
    indexed(table.orgId, table.timestamp),
    indexed(table.resource, table.resourceId, table.timestamp),
    indexed(table.action, table.timestamp),
  ],
)

/** Leads and requests of visitors: an operator gets each by mail. Name and address are kept as they were at the time. */
export const interactions = pgTable(
  'interactions',
  {
    id: id(),
    type: text('type').notNull(),
    userId: authId('user_id'),
    userEmail: text('user_email'),
    agentId: uuid('agent_id'),
    agentName: text('agent_name'),
    metadata: jsonb('metadata').$type<Json>().notNull().default({}),
    /** Null: nobody was told yet; `notifyError` says why where it was tried. */
    notifiedAt: instant('notified_at'),
    notifyError: text('notify_error'),
    /** How often telling was tried. */
    notifyAttempts: integer('notify_attempts').notNull().default(0),
    /** By the business clock, as it is shown; mails are about what was `createdAt` since somebody said yes to them. */
    occurredAt: businessInstant('occurred_at'),
    createdAt: createdAt(),
  },
  (table) => [
    hasLength(table.type, { min: 1, max: 64 }),
    holds(table.metadata, sql`jsonb_typeof(${table.metadata}) = 'object'`),
    reference(table.userId, user.id, 'set null'),
    reference(table.agentId, agents.id, 'cascade'),
    indexed(table.createdAt, table.id),
    indexed(table.type, table.createdAt),
    indexed(table.userId),
    indexed(table.agentId),
    indexedWhere({ suffix: 'unnotified', where: sql`${table.notifiedAt} IS NULL` }, table.createdAt),
  ],
)

/** Who gets the mail about interactions. */
export const interactionRecipients = pgTable(
  'interaction_recipients',
  {
    id: id(),
    email: text('email').notNull(),
    /** Null: its mailbox has not said yes, and gets nothing but that question. */
    confirmedAt: instant('confirmed_at'),
    /** When the mailbox was asked. Null: it is about to be. */
    askedAt: instant('asked_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [uniqueOver(table.email), isEmail(table.email)],
)

/** The one mail about an interaction to a recipient: row and mail are queued together, so there is never a second one. */
export const interactionMails = pgTable(
  'interaction_mails',
  {
    /** The mail's own. */
    id: id(),
    interactionId: uuid('interaction_id').notNull(),
    recipientId: uuid('recipient_id').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Of the last attempt. Null: it went well, or there was none yet. */
    error: text('error'),
    /** When it was known to have been handed over. Null: not yet, or never. */
    sentAt: instant('sent_at'),
    /** Null: sent, or still being tried. */
    givenUpAt: instant('given_up_at'),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.interactionId, table.recipientId),
    reference(table.interactionId, interactions.id, 'cascade'),
    reference(table.recipientId, interactionRecipients.id, 'cascade'),
    indexed(table.recipientId),
    indexedWhere(
      { suffix: 'open', where: sql`${table.sentAt} IS NULL AND ${table.givenUpAt} IS NULL` },
      table.createdAt,
    ),
  ],
)

// --- The installation ------------------------------------------------------------------------------------------------

/**
 * Events for the world outside, written by a verb in its own transaction and delivered afterwards.
 * `subject` names what it is about by value: an event outlives its subject, and holds no key to a person.
 */
export const outboxEvents = pgTable(
  'outbox_events',
  {
    /** Order of writing. Readers stay behind a watermark: a lower number may commit later. */
    seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity({ name: 'outbox_events_seq' }),
    /** What a receiver removes duplicates by. */
    eventId: uuid('event_id')
      .notNull()
      .default(sql`gen_random_uuid()`),
    type: text('type').notNull(),
    /** Of the payload's shape. */
    version: integer('version').notNull().default(1),
    subject: text('subject').notNull(),
    payload: jsonb('payload').$type<Json>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueOver(table.eventId),
    holds(table.version, sql`${table.version} >= 1`),
    indexed(table.subject, table.seq),
  ],
)

/** Access tokens that were revoked before their time. Each is short-lived, so its row soon says nothing any more. */
export const revokedTokens = pgTable(
  'revoked_tokens',
  {
    /** The token's `jti`. */
    jti: text('jti').primaryKey(),
    /** The token's own end; the row may go then. */
    expiresAt: instant('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [hasLength(table.jti, { min: 1, max: 255 }), indexed(table.expiresAt)],
)

/** A sign-in at an agent that is to end there, too. */
export interface Logout {
  readonly clientId: string
  /** Null: every session that the agent has of this person. */
  readonly sessionId: string | null
}

/** People who had their account deleted. The row leaves together with its person, when everything else is gone. */
export const accountDeletions = pgTable(
  'account_deletions',
  {
    userId: authId('user_id').primaryKey(),
    /** What agents have not been told yet. Read before the tokens went: they alone know it. */
    logouts: jsonb('logouts').$type<readonly Logout[]>().notNull().default([]),
    requestedAt: createdAt('requested_at'),
  },
  (table) => [
    holds(table.logouts, sql`jsonb_typeof(${table.logouts}) = 'array'`),
    reference(table.userId, user.id, 'cascade'),
    indexed(table.requestedAt),
  ],
)

/** Proofs of possession that were shown to our API (RFC 9449 §11.1): each counts once, in whatever process. */
export const dpopProofs = pgTable(
  'dpop_proofs',
  {
    /** A digest of its key, its `jti` and what it was for. */
    digest: text('digest').primaryKey(),
    /** From then on the proof is too old anyway. */
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [hasLength(table.digest, { min: 1, max: 64 }), indexed(table.expiresAt)],
)

/** Sign-in requests that an agent left here before it sent the person (RFC 9126). Each is taken out by its first use. */
export const pushedAuthorizationRequests = pgTable(
  'pushed_authorization_requests',
  {
    /** A digest of its `request_uri`. */
    digest: text('digest').primaryKey(),
    clientId: authId('client_id').notNull(),
    /** The parameters, as a query. No secret of the client is among them. */
    query: text('query').notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    hasLength(table.digest, { min: 1, max: 64 }),
    hasLength(table.query, { min: 1, max: 8_000 }),
    reference(table.clientId, oauthClient.clientId, 'cascade'),
    indexed(table.clientId),
    indexed(table.expiresAt),
  ],
)

/**
 * How often something was tried within a time, such as a password; every process counts here. rate-limiter-flexible reads
 * and writes it, in this order of columns.
 */
export const attemptLimits = pgTable(
  'attempt_limits',
  {
    /** The rule and a digest of whom it counts; no address stands here. */
    key: text('key').primaryKey(),
    points: integer('points').notNull().default(0),
    /** When the count starts anew, in milliseconds since 1970 by the process's clock. */
    expire: bigint('expire', { mode: 'number' }),
  },
  (table) => [indexed(table.expire)],
)

/** Which payments this database has seen. Live and test never mix, so it changes only by going live. */
export const environments = ['sandbox', 'test', 'live'] as const

/** Exactly one row. Its clock offset is what `rialto_now()` adds to the real time. */
export const installation = pgTable(
  'installation',
  {
    /** Always true: the primary key allows one row. */
    id: boolean('id').primaryKey().default(true),
    /** Null: nothing has been paid or pretended yet. */
    environment: text('environment', { enum: environments }),
    /** The Stripe account whose objects this database refers to. */
    stripeAccountId: text('stripe_account_id'),
    /** Zero outside the sandbox, and only ever advanced; both enforced by the database. */
    clockOffsetMs: units('clock_offset_ms').notNull().default(0),
    /** A demo that was given no secret keeps its own, so that sessions outlive a restart. Null in production. */
    demoAuthSecret: text('demo_auth_secret'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    holds(table.id, sql`${table.id}`),
    isOneOf(table.environment, environments),
    isNonNegative(table.clockOffsetMs),
    // Without an environment the condition must be false, not unknown.
    holds(
      table.clockOffsetMs,
      sql`${table.clockOffsetMs} = 0 OR ${table.environment} IS NOT DISTINCT FROM 'sandbox'`,
      'sandbox_check',
    ),
  ],
)

export const runEndings = ['in_order', 'without_a_word'] as const

/** Each time a demo ran. A process that is killed writes nothing: the next one on its machine writes down that it is gone. */
export const demoRuns = pgTable(
  'demo_runs',
  {
    id: id(),
    /** Of the machine; a pid means something there only. */
    host: text('host').notNull(),
    pid: integer('pid').notNull(),
    startedAt: createdAt('started_at'),
    /** Null: as far as it is known it runs. Where it said nothing, when that was found. */
    endedAt: instant('ended_at'),
    ending: text('ending', { enum: runEndings }),
  },
  (table) => [
    isOneOf(table.ending, runEndings),
    holds(table.endedAt, sql`(${table.endedAt} IS NULL) = (${table.ending} IS NULL)`),
    indexed(table.startedAt),
  ],
)

/** Exactly one row: what makes this marketplace this one. Null and empty mean Rialto's own. */
export const siteSettings = pgTable(
  'site_settings',
  {
    /** Always true: the primary key allows one row. */
    id: boolean('id').primaryKey().default(true),
    name: text('name'),
    markMediaId: uuid('mark_media_id'),
    /** Colours as `#rrggbb`, for light and dark; both or none, and readable on their grounds. */
    accentLight: text('accent_light'),
    accentDark: text('accent_dark'),
    supportEmail: text('support_email'),
    /** What prices are shown in where a publisher has chosen none. */
    currency: text('currency').notNull().default('USD'),
    /** By page (`terms`, `privacy`, `refunds`, `imprint`): its Markdown, which version it is, and since when. */
    legal: jsonb('legal').$type<Readonly<Record<string, LegalText>>>().notNull().default({}),
    updatedAt: updatedAt(),
  },
  (table) => [
    holds(table.id, sql`${table.id}`),
    hasLength(table.name, { min: 1, max: 40 }),
    holds(table.accentLight, sql`${table.accentLight} ~ '^#[0-9a-f]{6}$'`),
    holds(table.accentDark, sql`${table.accentDark} ~ '^#[0-9a-f]{6}$'`),
    holds(table.accentDark, sql`(${table.accentLight} IS NULL) = (${table.accentDark} IS NULL)`, 'pair_check'),
    isEmail(table.supportEmail),
    isCurrency(table.currency),
    holds(table.legal, sql`jsonb_typeof(${table.legal}) = 'object'`),
    reference(table.markMediaId, media.id, 'set null'),
    indexed(table.markMediaId),
  ],
)

// --- Search and directory --------------------------------------------------------------------------------------------

/** What search reads of an agent: one row for each published agent, written by the verb that changes the agent. */
export const agentSearch = pgTable(
  'agent_search',
  {
    agentId: uuid('agent_id').primaryKey(),
    /** How good the agent is regardless of what is searched for; see features/catalog/search/quality.ts. */
    quality: doublePrecision('quality').notNull(),
    /** The name in plain lower-case words, to sort by. */
    nameKey: plainText('name_key').notNull(),
    /** Who makes it, as the document was written; empty: nobody is named. */
    publisher: text('publisher').notNull().default(''),
    listedAt: instant('listed_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** Slugs. */
    tags: text('tags').array().notNull(),
    /** What it can be filtered by beside tags; see features/catalog/search/traits.ts. Empty: not looked at yet. */
    traits: text('traits').array().notNull().default([]),
    /** People who installed it, without the publisher's own and test people. */
    installs: integer('installs').notNull().default(0),
    /** Shown reviews. */
    reviewCount: integer('review_count').notNull().default(0),
    /** Of the shown reviews' stars. */
    ratingSum: integer('rating_sum').notNull().default(0),
    /** To sort by: installs, and quality between equals. */
    popularity: doublePrecision('popularity')
      .notNull()
      .generatedAlwaysAs(sql`installs + 1 / (1 + exp(-quality))`),
    /** To sort by: the mean with ten reviews of 3.5 added, and quality between equals. */
    standing: doublePrecision('standing')
      .notNull()
      .generatedAlwaysAs(sql`(35 + rating_sum) / (10.0 + review_count) + 0.000001 / (1 + exp(-quality))`),
    /** Stems by weight, and marks for tags, traits, name and samples; see features/catalog/search/lexemes.ts. */
    document: tsvector('document').notNull(),
  },
  (table) => [
    reference(table.agentId, agents.id, 'cascade'),
    index('agent_search_document_idx').using('gin', table.document),
    indexed(table.quality, table.agentId),
    indexed(table.popularity, table.agentId),
    indexed(table.standing, table.agentId),
    indexed(table.listedAt, table.agentId),
    indexed(table.updatedAt, table.agentId),
    indexed(table.nameKey, table.agentId),
  ],
)

/** Every word that a published agent has, to correct typing by. */
export const agentSearchTerms = pgTable(
  'agent_search_terms',
  {
    term: plainText('term').primaryKey(),
    /** What the term is in search documents. */
    lexeme: plainText('lexeme').notNull(),
    /** Agents that have the lexeme, as of the last recount and within a tenth. */
    agentCount: integer('agent_count').notNull().default(1),
    /** Agents that have it in name, tagline or tags, likewise. */
    headCount: integer('head_count').notNull().default(0),
    /** The term, and the term with each one letter left out. */
    variants: text('variants').array().notNull(),
    /** Null: some agent has it. */
    unusedSince: instant('unused_since'),
  },
  (table) => [
    indexed(table.lexeme),
    index('agent_search_terms_variants_idx').using('gin', table.variants).with({ fastupdate: false }),
    holds(table.term, sql`char_length(${table.term}) BETWEEN 1 AND 100`),
  ],
)

/** What the beginning of a name, of a word in it or of its publisher is looked up in, while somebody types. */
export const agentSuggestions = pgTable(
  'agent_suggestions',
  {
    agentId: uuid('agent_id').notNull(),
    /** Plain lower-case words from one of the name's or the publisher's to its last, or the whole name without spaces. */
    key: plainText('key').notNull(),
    /** Comes from the name; false: from the publisher's. */
    isName: boolean('is_name').notNull().default(false),
    /** As in agent_search. */
    quality: doublePrecision('quality').notNull(),
  },
  (table) => [
    primaryKey({ name: 'agent_suggestions_pkey', columns: [table.agentId, table.key] }),
    // With the search row goes what leads to it: an agent that is not published has neither.
    reference(table.agentId, agentSearch.agentId, 'cascade'),
    // A rare beginning is found by the first, the best of a common one by the second; both answer without the table.
    indexed(table.key, table.isName, table.quality, table.agentId),
    indexed(table.isName, table.quality, table.agentId, table.key),
    holds(table.key, sql`char_length(${table.key}) BETWEEN 1 AND 100`),
  ],
)

export const seedKinds = ['tag', 'agent', 'collection'] as const

/** What seeding last wrote, so that a newer entry changes only what nobody edited and nothing that was deleted returns. */
export const seedEntries = pgTable(
  'seed_entries',
  {
    kind: text('kind', { enum: seedKinds }).notNull(),
    slug: text('slug').notNull(),
    /** The tag or agent it became; no foreign key, because the entry outlives it. */
    rowId: uuid('row_id').notNull(),
    content: jsonb('content').$type<Json>().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    primaryKey({ name: 'seed_entries_pkey', columns: [table.kind, table.slug] }),
    isOneOf(table.kind, seedKinds),
    isSlug(table.slug),
  ],
)
