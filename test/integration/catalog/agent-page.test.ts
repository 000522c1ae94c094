// The agent's page and the two pages around it, on one server: starting another takes longer than all of this.
import { eq } from 'drizzle-orm'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  agentAddonOffers,
  agentChangelog,
  agentMetricDefinitions,
  agentPricingTiers,
  agents,
  agentSlugHistory,
  organization,
  tierMetricQuotas,
} from '#src/db/schema/index.ts'
import { setScopeReasons } from '#src/features/agent-clients/index.ts'
import { formatMoney } from '#src/lib/money.ts'
import { addAgent, newPerson } from '#test/integration/oauth/market.ts'
import type { TestAgent } from '#test/integration/oauth/market.ts'
import { addReview } from '#test/integration/reviews/reviewers.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { jsonLdOf, leavesOf, textOf } from './page-text.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

type TierTerms = Partial<typeof agentPricingTiers.$inferInsert>

/** Tiers with what they include of `messages`; null: unlimited, undefined: nothing. */
async function offerTiers(agent: TestAgent, tiers: readonly (TierTerms & { messages?: number | null })[]) {
  const { db } = server.deps
  const agentId = agent.id
  const [metric] = await db
    .insert(agentMetricDefinitions)
    .values({ agentId, slug: 'messages', displayName: 'Messages', unit: 'messages' })
    .returning()
  const metricId = metric?.id ?? ''
  for (const [sortOrder, { messages, ...terms }] of tiers.entries()) {
    const price = terms.price ?? 0
    const id = crypto.randomUUID()
    await db
      .insert(agentPricingTiers)
      .values({ id, agentId, tierName: 'Free', isFree: price === 0, currency: 'EUR', sortOrder, ...terms, price })
    if (messages !== undefined) await db.insert(tierMetricQuotas).values({ tierId: id, metricId, quotaLimit: messages })
  }
  return metricId
}

const reader = { tierName: 'Reader', price: 900, messages: 1_000 } as const
const yearly = { tierName: 'Reader, by the year', price: 9_000, billingInterval: 'year', messages: 1_000 } as const

async function openPage(path: string) {
  const response = await fetch(new URL(path, server.origin), { headers: { 'accept-language': 'en' } })
  const html = await response.text()
  return { status: response.status, html, text: textOf(html), headers: response.headers }
}
const openAgent = ({ slug }: TestAgent, query = '') => openPage(`/agents/${slug}${query}`)

const buyButtons = (html: string): readonly string[] => html.match(/<a[^>]*\bbg-buy\b/g) ?? []

describe('the panel', () => {
  it('leads with the recommended tier, and says what its trial charges first and when', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [{}, { ...reader, trialDays: 14, recommended: true }, { tierName: 'Studio', price: 2_900 }])
    const { html, text } = await openAgent(agent)
    const firstCharge = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(
      Date.now() + 14 * 86_400_000,
    )
    expect(text).toContain(`Free until ${firstCharge}, then €9.00 per month.`)
    expect(buyButtons(html)).toHaveLength(1)
    expect(text).toContain('Compare all 3 tiers')
  })

  it('spends no red on what is free', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [{ messages: null }])
    const { html, text } = await openAgent(agent)
    expect(buyButtons(html)).toHaveLength(0)
    expect(text).toContain('Start free')
    expect(text).toContain('No charge')
  })

  it('takes waiting people of what is coming, and sells nothing', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [reader])
    await server.deps.db.update(agents).set({ comingSoon: true }).where(eq(agents.id, agent.id))
    const { html, text } = await openAgent(agent)
    expect(text).toContain('Join the waitlist')
    expect(html).not.toContain('id="pricing"')
    expect(buyButtons(html)).toHaveLength(0)
  })

  it('leads the people of an unclaimed project to claim it or have it removed', async () => {
    const { html } = await openPage('/agents/openhands')
    expect(html).toContain('href="/agents/openhands/claim"')
    expect(html).toContain('href="/agents/openhands/removal"')
    expect(html).not.toContain('href="/agents/openhands/contact"')
  })

  it('leads a subscriber to what they have, and marks it in the table', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [{ messages: 5 }, reader])
    const person = await newPerson(server)
    const [tier] = await server.deps.db.select().from(agentPricingTiers).where(eq(agentPricingTiers.agentId, agent.id))
    await person.submit(`/agents/${agent.slug}/subscribe?tier=${tier?.id}`, {})
    const { text } = await person.open(`/agents/${agent.slug}`)
    expect(buyButtons(text)).toHaveLength(0)
    expect(textOf(text)).toMatch(/Free Yours No charge/)
    expect(textOf(text)).toContain('Your subscription')
  })
})

describe('the pricing table', () => {
  it('tells unlimited, nothing and a figure apart', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [{}, reader, { tierName: 'Studio', price: 2_900, messages: null }])
    const { text } = await openAgent(agent)
    expect(text).toMatch(/Messages Not included .*Messages 1,000 per month .*Messages Unlimited/)
  })

  it('shows the month or the year by its address, with a saving that is real', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [reader, yearly])
    const month = await openAgent(agent)
    expect(month.text).not.toContain('by the year €90.00')
    const year = await openAgent(agent, '?interval=year')
    expect(year.text).toContain('€90.00 per year €18.00 less than 12 × €9.00')
    expect(year.html).toContain(`<link rel="canonical" href="${server.origin}/agents/${agent.slug}"/>`)
  })

  it('lists what can be bought besides', async () => {
    const agent = await addAgent(server)
    const metricId = await offerTiers(agent, [reader])
    const terms = { agentId: agent.id, metricId, displayName: 'A hundred more', amount: 100, price: 400 }
    await server.deps.db.insert(agentAddonOffers).values([
      { ...terms, currency: 'EUR', scope: 'one_cycle' },
      { ...terms, displayName: 'Not any more', currency: 'EUR', scope: 'one_cycle', archivedAt: new Date() },
    ])
    const { text } = await openAgent(agent)
    expect(text).toContain('A hundred more 100 more messages, in the present period €4.00 once')
    expect(text).not.toContain('Not any more')
  })

  it('is not there where nothing is on offer', async () => {
    const { html, status } = await openAgent(await addAgent(server))
    expect(status).toBe(200)
    expect(html).not.toContain('id="pricing"')
    expect(html).not.toContain('id="about"')
  })
})

describe('the permissions', () => {
  it('say what each means and why, in the publisher’s words as text', async () => {
    const agent = await addAgent(server)
    const reasons = { profile: 'To greet you <b>by name</b>.' }
    await setScopeReasons(server.deps, { agentId: agent.id, userId: undefined, reasons })
    const { html, text } = await openAgent(agent)
    expect(text).toContain('It asks to See the name you go by. Lector says: “To greet you <b>by name</b>.”')
    expect(html).not.toContain('<b>by name</b>')
    expect(text).toMatch(/It doesn’t say that it needs to .*See your e-mail address/)
    expect(text).toContain('It never sees Your password')
  })

  it('are of agents only that people sign in to', async () => {
    expect((await openPage('/agents/openhands')).html).not.toContain('id="permissions"')
  })
})

describe('what search engines are told', () => {
  const linkKeys = ['url', 'item', 'sameAs', 'softwareHelp']
  const isShown = (
    { html, text }: { html: string; text: string },
    { key, value, parent }: ReturnType<typeof leavesOf>[0],
  ) => {
    if (linkKeys.includes(key))
      return [value, value.replace(server.origin, '')].some((url) => html.includes(`href="${url}"`))
    if (key !== 'price' || Number(value) === 0) return text.includes(Number(value) === 0 ? 'No charge' : value)
    const amountMinor = Math.round(Number(value) * 100)
    return text.includes(formatMoney({ amountMinor, currency: String(parent['priceCurrency']) }))
  }
  // The first two name what a value is, the third follows from its place, and the currency is read with its price.
  const isSaid = ({ key }: { key: string }) => !['@type', '@context', 'position', 'priceCurrency'].includes(key)
  const hidden = (page: { html: string; text: string }) =>
    leavesOf(jsonLdOf(page.html)).filter((leaf) => isSaid(leaf) && !isShown(page, leaf))

  it('is on the page, value by value', async () => {
    const agent = await addAgent(server)
    await offerTiers(agent, [{}, { ...reader, trialDays: 14 }, yearly])
    for (const rating of [5, 4, 4]) await addReview(server.deps.db, { agentId: agent.id, rating })
    for (const page of [await openAgent(agent), await openAgent(agent, '?interval=year')]) {
      expect(hidden(page)).toEqual([])
      const { SoftwareApplication: software } = jsonLdOf(page.html)
      expect(software).toMatchObject({ aggregateRating: { ratingValue: 3.7, reviewCount: 3 } })
      expect(software?.['offers']).toHaveLength(2)
    }
  })

  it('is on the page of a directory entry and of a publisher', async () => {
    expect(hidden(await openPage('/agents/openhands'))).toEqual([])
    const { slug } = await addAgent(server)
    const page = await openPage(`/publishers/${slug}`)
    expect(jsonLdOf(page.html)).toMatchObject({ Organization: { name: 'Acme Publishing' }, BreadcrumbList: {} })
    expect(hidden(page)).toEqual([])
  })

  it('holds no rating of one or two', async () => {
    const agent = await addAgent(server)
    await addReview(server.deps.db, { agentId: agent.id, rating: 5 })
    const { html, text } = await openAgent(agent)
    expect(text).toContain('New, 1 review')
    expect(jsonLdOf(html)['SoftwareApplication']).not.toHaveProperty('aggregateRating')
  })
})

async function addChanges(agent: TestAgent, count: number) {
  const entries = Array.from({ length: count }, (_, place) => ({
    agentId: agent.id,
    version: `1.${place}.0`,
    summary: `What is **new** in ${place} & <i>more</i> ]]> \u000B`,
    publishedAt: new Date(Date.UTC(2026, 0, 1 + place)),
  }))
  await server.deps.db.insert(agentChangelog).values(entries)
}

describe('the changelog', () => {
  it('is read on, page after page, to its end', async () => {
    const agent = await addAgent(server)
    await addChanges(agent, 23)
    const first = await openPage(`/agents/${agent.slug}/changelog`)
    const [, next] = /href="([^"]*)" rel="next"|rel="next"[^>]*href="([^"]*)"/.exec(first.html)?.filter(Boolean) ?? []
    const second = await openPage(next ?? '')
    const versionsOf = ({ text }: { text: string }) => text.match(/1\.\d+\.0/g) ?? []
    expect(versionsOf(first)).toHaveLength(20)
    expect(versionsOf(second)).toEqual(['1.2.0', '1.1.0', '1.0.0'])
    expect(second.html).not.toContain('rel="next"')
    expect(first.html).toContain('<strong>new</strong>')
    expect(first.html).not.toContain('<i>more')
    expect((await openPage(`/agents/${agent.slug}/changelog?after=9.9`)).text).toContain('Nothing older than that')
  })

  it('has a page while it is empty, and none without an agent', async () => {
    const { slug } = await addAgent(server)
    expect((await openPage(`/agents/${slug}/changelog`)).text).toContain('No changes told yet')
    expect((await openPage('/agents/nobody/changelog')).status).toBe(404)
    expect((await openPage('/agents/nobody/changelog.atom')).status).toBe(404)
  })

  interface AtomEntry {
    readonly id: string
    readonly title: { readonly '#text': string; readonly '@type': string }
    readonly updated: string
    readonly content: { readonly '#text': string; readonly '@type': string }
  }
  interface Atom {
    readonly '@xmlns': string
    readonly id: string
    readonly title: string
    readonly updated: string
    readonly author: { readonly name: string }
    readonly link: readonly { readonly '@rel': string; readonly '@href': string }[]
    readonly entry: readonly AtomEntry[]
  }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    isArray: (name) => name === 'entry' || name === 'link',
  })
  const feedOf = ({ slug }: TestAgent) => openPage(`/agents/${slug}/changelog.atom`)
  const parse = (xml: string): Atom => {
    expect(XMLValidator.validate(xml)).toBe(true)
    return (parser.parse(xml) as { feed: Atom }).feed
  }

  it('is an Atom feed that a parser reads', async () => {
    const agent = await addAgent(server, { name: 'Lector & <Co>' })
    await addChanges(agent, 2)
    const page = `${server.origin}/agents/${agent.slug}/changelog`
    const { html: xml, headers } = await feedOf(agent)
    expect(headers.get('content-type')).toBe('application/atom+xml; charset=utf-8')
    const feed = parse(xml)
    expect(feed).toMatchObject({
      '@xmlns': 'http://www.w3.org/2005/Atom',
      title: 'Changes of Lector & <Co>',
      updated: '2026-01-02T00:00:00.000Z',
      author: { name: 'Acme Publishing' },
    })
    expect(feed.link).toEqual([
      { '@rel': 'alternate', '@href': page },
      { '@rel': 'self', '@href': `${page}.atom` },
    ])
    expect(feed.entry.map(({ title, updated }) => [title['#text'], updated])).toEqual([
      ['1.1.0', '2026-01-02T00:00:00.000Z'],
      ['1.0.0', '2026-01-01T00:00:00.000Z'],
    ])
    expect(feed.entry[0]?.content).toMatchObject({ '@type': 'html' })
    expect(feed.entry[0]?.content['#text']).toContain('What is <strong>new</strong> in 1 &#x26; ')
    const ids = [feed.id, ...feed.entry.map(({ id }) => id)]
    expect(new Set(ids).size).toBe(3)
    for (const id of ids)
      expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect((await openAgent(agent)).html).toContain(`type="application/atom+xml"`)
  })

  it('keeps its ids when it is written anew, and when the agent moves', async () => {
    const agent = await addAgent(server)
    await addChanges(agent, 2)
    const before = parse((await feedOf(agent)).html)
    const { db } = server.deps
    await db.delete(agentChangelog).where(eq(agentChangelog.agentId, agent.id))
    await addChanges(agent, 2)
    const slug = `${agent.slug}-moved`
    await db.insert(agentSlugHistory).values({ slug: agent.slug, agentId: agent.id })
    await db.update(agents).set({ slug }).where(eq(agents.id, agent.id))
    const old = await fetch(`${server.origin}/agents/${agent.slug}/changelog.atom`, { redirect: 'manual' })
    expect([old.status, old.headers.get('location')]).toEqual([301, `/agents/${slug}/changelog.atom`])
    const after = parse((await feedOf({ ...agent, slug })).html)
    expect([after.id, ...after.entry.map(({ id }) => id)]).toEqual([before.id, ...before.entry.map(({ id }) => id)])
  })

  it('is not sent again to who has it, and is once it changed', async () => {
    const agent = await addAgent(server)
    await addChanges(agent, 1)
    const url = `${server.origin}/agents/${agent.slug}/changelog.atom`
    const ask = async (tag: string) => fetch(url, { headers: { 'if-none-match': tag } })
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    for (const tag of [etag, `W/${etag.replace('W/', '')}`, `"other", ${etag}`]) {
      const known = await ask(tag)
      expect([known.status, await known.text()]).toEqual([304, ''])
    }
    const change = { agentId: agent.id, version: '2.0.0', summary: 'Anew.' }
    await server.deps.db.insert(agentChangelog).values(change)
    expect((await ask(etag)).status).toBe(200)
  })
})

describe('the page of a publisher', () => {
  it('shows its listed agents, and what can be counted of them', async () => {
    const agent = await addAgent(server)
    const { db } = server.deps
    const { organizationId } = agent
    const own = { status: 'published', publishedAt: new Date(), organizationId } as const
    await db.insert(agents).values([
      {
        ...own,
        slug: `${agent.slug}-2`,
        name: 'Scriptor',
        homepageUrl: 'https://scriptor.example/a',
        verifiedAt: new Date(),
      },
      { ...own, slug: `${agent.slug}-3`, name: 'Not yet', status: 'draft' },
    ])
    const { text, html } = await openPage(`/publishers/${agent.slug}`)
    expect(text).toContain('Acme Publishing Verified publisher has proven to hold scriptor.example')
    expect(text).toMatch(/agents listed 2 /)
    expect(text).not.toContain('Not yet')
    for (const slug of [agent.slug, `${agent.slug}-2`]) {
      expect(html).toContain(`href="/agents/${slug}"`)
      expect(html).toContain(`href="/agents/${slug}/contact"`)
    }
    expect((await openAgent(agent)).html).toContain(`href="/publishers/${agent.slug}"`)
  })

  it('is not there for who lists nothing, whether there is such an organization or not', async () => {
    const slug = `empty-${crypto.randomUUID()}`
    const values = { id: crypto.randomUUID(), name: 'Empty', slug, createdAt: new Date() }
    await server.deps.db.insert(organization).values(values)
    expect((await openPage(`/publishers/${slug}`)).status).toBe(404)
    expect((await openPage('/publishers/nobody')).status).toBe(404)
    expect((await openPage('/publishers/no%00body')).status).toBe(404)
  })
})
