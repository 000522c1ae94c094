import type { AgentDetail } from '#src/features/catalog/index.ts'

/** schema.org SoftwareApplication, only of what the page shows: no price, rating or date that nobody can read there. */
export function agentJsonLd(agent: AgentDetail, url: string): Record<string, unknown> {
  const links = [agent.homepageUrl, agent.repositoryUrl].filter((link) => link !== null)
  return {
    '@context': 'https://schema.org',
    '@type': 'SoftwareApplication',
    name: agent.name,
    description: agent.tagline,
    url,
    ...(agent.publisherName !== null && { author: { '@type': 'Organization', name: agent.publisherName } }),
    ...(agent.license !== null && { license: agent.license }),
    ...(agent.documentationUrl !== null && { softwareHelp: agent.documentationUrl }),
    ...(links.length > 0 && { sameAs: [...new Set(links)] }),
    ...(agent.tags.length > 0 && { keywords: agent.tags.map((tag) => tag.name) }),
  }
}
