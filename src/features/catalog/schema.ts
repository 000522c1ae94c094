import { z } from '@hono/zod-openapi'

/** Longest text somebody may search for; what is longer is cut, since nobody types it. */
export const queryCharactersMax = 200
/** Most tags one list may be narrowed by. */
export const tagFiltersMax = 8

export const sortSchema = z.enum(['relevance', 'popular', 'top-rated', 'newest', 'updated', 'name'])
export type AgentSort = z.infer<typeof sortSchema>

/** How an agent is paid for, as its tiers and add-ons on offer say; `none`: it is not sold here. */
export const priceModelSchema = z.enum(['free', 'subscription', 'top-up', 'none'])
export type PriceModel = z.infer<typeof priceModelSchema>

/** An agent is in exactly one of these. */
export const availabilitySchema = z.enum(['available', 'unreachable', 'coming-soon', 'unclaimed'])
export type Availability = z.infer<typeof availabilitySchema>

/** What a list of agents may be narrowed by. What is left out does not narrow it. */
export interface AgentFilters {
  /** Slugs; an agent must have all of them. */
  readonly tags?: readonly string[] | undefined
  /** An agent must have one of them. */
  readonly prices?: readonly PriceModel[] | undefined
  readonly hasTrial?: boolean | undefined
  readonly isVerified?: boolean | undefined
  /** An agent must be in one of them. */
  readonly statuses?: readonly Availability[] | undefined
}

export const slugSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, with single hyphens between')

const isoTime = z.iso.datetime().openapi({ example: '2026-11-22T12:00:00.000Z' })

export const tagSchema = z.object({ slug: slugSchema.openapi({ example: 'coding' }), name: z.string() })

const intervalSchema = z.enum(['month', 'year'])

const priceSchema = z.object({
  amountMinor: z.int().nonnegative().openapi({ description: 'In the minor unit of the currency, such as cents.' }),
  currency: z.string().openapi({ example: 'EUR' }),
  interval: intervalSchema,
})

const offeredTierSchema = z
  .object({
    id: z.uuid().openapi({ description: 'Of this version: another price or a smaller quota is another version.' }),
    name: z.string().openapi({ example: 'Pro' }),
    description: z.string(),
    price: priceSchema,
    usageInterval: intervalSchema.openapi({ description: 'How often counters start again at 0.' }),
    trialDays: z.int().nonnegative(),
    isRecommended: z.boolean(),
    quotas: z
      .array(
        z.object({
          metric: z.string().openapi({ example: 'messages' }),
          displayName: z.string().openapi({ example: 'Messages' }),
          unit: z.string().openapi({ example: 'messages' }),
          kind: z.enum(['counter', 'gauge']),
          limit: z
            .union([z.int().positive(), z.literal('unlimited')])
            .openapi({ example: 1000, description: 'Units in a usage period; for a gauge the highest level.' }),
        }),
      )
      .openapi({ description: 'What is included; a metric that is not here is not.' }),
  })
  .openapi('OfferedTier')

export const agentCardSchema = z
  .object({
    slug: slugSchema.openapi({ example: 'openhands' }),
    name: z.string().openapi({ example: 'OpenHands' }),
    tagline: z.string(),
    publisherName: z.string().nullable(),
    isUnclaimed: z
      .boolean()
      .openapi({ description: 'A directory entry about a project that has not been claimed by its publisher.' }),
    isVerified: z.boolean().openapi({ description: 'The marketplace has verified who publishes the agent.' }),
    license: z.string().nullable().openapi({ example: 'MIT' }),
    tags: z.array(tagSchema),
    updatedAt: isoTime,
    priceFrom: priceSchema
      .nullable()
      .openapi({ description: 'The lowest price of a tier; null when the agent has no tiers.' }),
    trialDays: z.int().nonnegative().openapi({ description: 'Of the tier that has the lowest price; 0: no trial.' }),
    hasPaidTiers: z.boolean().openapi({ description: 'Also where the lowest price is 0.' }),
    isComingSoon: z.boolean().openapi({ description: 'Listed before it can be used.' }),
    rating: z.number().nullable().openapi({
      description: 'Stars to a tenth, smoothed by ten reviews of 3.5 as ranking does; null below three reviews.',
    }),
    reviewCount: z.int().nonnegative().openapi({ description: 'Shown reviews.' }),
    installs: z.int().nonnegative().openapi({
      description: 'People who installed it, without the publisher’s own and test people.',
    }),
  })
  .openapi('AgentCard')

export type AgentCard = z.infer<typeof agentCardSchema>

export const agentDetailSchema = agentCardSchema
  .extend({
    publisherSlug: slugSchema.nullable().openapi({
      description: 'The publisher has a page, /publishers/{slug}; null when nobody has claimed the agent.',
    }),
    description: z.string().openapi({ description: 'Markdown.' }),
    homepageUrl: z.string().nullable(),
    repositoryUrl: z.string().nullable(),
    documentationUrl: z.string().nullable(),
    licenseNote: z.string().nullable(),
    isLaunchable: z.boolean().openapi({ description: 'People can sign in to it with Rialto from its page.' }),
    runsAs: z.array(z.string()).openapi({ example: ['command line', 'web app'] }),
    languages: z.array(z.string()).openapi({ example: ['Python'] }),
    capabilities: z
      .array(z.object({ icon: z.string(), title: z.string(), description: z.string() }))
      .openapi({ description: '`icon` names a Lucide icon; empty: none.' }),
    steps: z.array(z.object({ title: z.string(), description: z.string() })),
    changelog: z
      .array(z.object({ version: z.string(), summary: z.string(), publishedAt: isoTime }))
      .openapi({ description: 'Newest first, 50 at most.' }),
    tiers: z.array(offeredTierSchema).openapi({ description: 'On offer now, in the publisher’s order.' }),
    sources: z
      .array(z.object({ url: z.string(), title: z.string(), checkedAt: z.string(), asOf: z.string() }))
      .openapi({ description: 'Where the facts of an unclaimed entry come from; dates are YYYY-MM-DD.' }),
  })
  .openapi('AgentDetail')

export type AgentDetail = z.infer<typeof agentDetailSchema>

const factor = z.number().openapi({ description: 'What the score is multiplied by.' })

export const rankingReasonSchema = z
  .object({
    words: z
      .array(
        z.object({
          word: z.string(),
          places: z.array(z.enum(['name', 'tagline-or-tags', 'capabilities', 'description'])),
        }),
      )
      .openapi({ description: 'Each word that was looked for, and where the agent has it.' }),
    textRank: z.number().openapi({ description: 'How well the words fit.' }),
    namesakeFactor: factor.openapi({ description: '10 for an agent of exactly the name that was asked for; else 1.' }),
    reviews: z.object({
      count: z.int().nonnegative(),
      ratingSum: z.int().nonnegative().openapi({ description: 'All their stars together.' }),
      factor,
    }),
    installs: z.object({ count: z.int().nonnegative(), factor }),
    updated: z.object({ at: isoTime, factor }),
    isRanked: z.boolean().openapi({
      description:
        'False: so many agents match that not all are ranked, and this one stands after those, by its factors alone.',
    }),
    score: z.number().openapi({ description: '`textRank` times all factors; higher stands first.' }),
  })
  .openapi('RankingReason')

export type RankingReason = z.infer<typeof rankingReasonSchema>

export const tagCountSchema = tagSchema.extend({ count: z.int().nonnegative() }).openapi('TagCount')
export type TagCount = z.infer<typeof tagCountSchema>
