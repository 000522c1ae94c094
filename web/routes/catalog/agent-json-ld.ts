import type { AgentDetail } from '#src/features/catalog/index.ts'
import type { Rating } from '#src/features/reviews/index.ts'
import { decimalOf } from '../../ui/money.ts'
import type { PlannedTier, PricingPlan } from '../offers/pricing-plan.ts'

type JsonLd = Readonly<Record<string, unknown>>

interface AgentJsonLd {
  readonly agent: AgentDetail
  /** Origin without a trailing slash. */
  readonly baseUrl: string
  /** Of the agent's page. */
  readonly path: string
  /** As the page shows it. */
  readonly plan: PricingPlan
  readonly rating: Rating | undefined
}

/** schema.org data of an agent's page: only what can be read there, so no rating where none is shown. */
export const agentJsonLd = (page: AgentJsonLd): JsonLd => ({
  '@context': 'https://schema.org',
  '@graph': [
    softwareOf(page),
    breadcrumbs(page.baseUrl, [
      { name: 'Agents', path: '/agents' },
      { name: page.agent.name, path: page.path },
    ]),
  ],
})

function softwareOf({ agent, baseUrl, path, plan, rating }: AgentJsonLd): JsonLd {
  const links = [agent.homepageUrl, agent.repositoryUrl].filter((link) => link !== null)
  const { publisherName, publisherSlug } = agent
  return {
    '@type': 'SoftwareApplication',
    name: agent.name,
    ...(agent.tagline !== '' && { description: agent.tagline }),
    url: baseUrl + path,
    ...(publisherName !== null && {
      author: {
        '@type': 'Organization',
        name: publisherName,
        ...(publisherSlug !== null && { url: `${baseUrl}/publishers/${publisherSlug}` }),
      },
    }),
    ...(agent.license !== null && { license: agent.license }),
    ...(agent.documentationUrl !== null && { softwareHelp: agent.documentationUrl }),
    ...(links.length > 0 && { sameAs: [...new Set(links)] }),
    ...(agent.tags.length > 0 && { keywords: agent.tags.map((tag) => tag.name) }),
    ...(plan.tiers.length > 0 && { offers: plan.tiers.map(({ tier }) => offerOf(tier)) }),
    ...(rating?.rating != null && {
      aggregateRating: { '@type': 'AggregateRating', ratingValue: rating.rating, reviewCount: rating.count },
    }),
  }
}

function offerOf({ name, priceMinor, currency, billingInterval }: PlannedTier['tier']): JsonLd {
  const price = decimalOf({ amountMinor: priceMinor, currency })
  if (priceMinor === 0) return { '@type': 'Offer', name, price, priceCurrency: currency }
  return {
    '@type': 'Offer',
    name,
    priceSpecification: {
      '@type': 'UnitPriceSpecification',
      price,
      priceCurrency: currency,
      unitText: billingInterval,
    },
  }
}

/** The way up, as the page shows it. */
export const breadcrumbs = (
  baseUrl: string,
  crumbs: readonly { readonly name: string; readonly path: string }[],
): JsonLd => ({
  '@type': 'BreadcrumbList',
  itemListElement: crumbs.map(({ name, path }, place) => ({
    '@type': 'ListItem',
    position: place + 1,
    name,
    item: baseUrl + path,
  })),
})
