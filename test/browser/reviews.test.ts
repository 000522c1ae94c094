import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { addReview, addReviewedAgent, signInOnDays } from '#test/integration/reviews/reviewers.ts'
import type { ReviewedAgent } from '#test/integration/reviews/reviewers.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// A review's life without JavaScript: refused before use, written after it, answered, reported, hidden.

let server: TestServer
let browser: Browser
let agent: ReviewedAgent
let root: string

beforeAll(async () => {
  server = await startTestServer()
  agent = await addReviewedAgent(server)
  root = `/agents/${agent.slug}/reviews`
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})

async function contextOf({ cookie }: Session): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return { name, value: value.join('='), url: server.origin }
    }),
  )
  return context
}

const pageOf = async (person: Session): Promise<Page> => {
  const page = await (await contextOf(person)).newPage()
  page.setDefaultTimeout(8_000)
  return page
}
const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name }).click()
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()

/** The same page as the same person sees it, in a browser in which axe can run. */
async function requireUsable(page: Page, act: (looking: Page) => Promise<void> = async () => {}): Promise<void> {
  const context = await browser.newContext({ storageState: await page.context().storageState() })
  const looking = await context.newPage()
  await looking.goto(page.url())
  await act(looking)
  expect(await usabilityFindings(looking)).toEqual([])
  await context.close()
}

test('a review is refused before use, allowed after it, answered, reported and hidden', async () => {
  const person = await signedIn(server)
  const reader = await pageOf(person)
  await reader.goto(root)
  await heading(reader, 'Nobody has reviewed Lector yet')
  await reader.getByRole('link', { name: 'Write a review' }).click()
  await heading(reader, 'Use Lector first')

  await signInOnDays(server.deps.db, { agentId: agent.agentId, userId: person.userId, days: 2 })
  await reader.reload()
  await heading(reader, 'Review Lector')
  await press(reader, 'Publish review')
  await reader.getByRole('link', { name: 'Choose how many stars you give.' }).click()
  await requireUsable(reader, (looking) => press(looking, 'Publish review'))
  await reader.getByLabel('4 stars: good').check()
  await reader.getByLabel('Title').fill('Reads what I would skip')
  await reader.getByLabel('What should others know?').fill('Fast, and **right** most of the time.\n\n# Loud\n\n- one')
  await press(reader, 'Publish review')
  await reader.getByText('Your review is saved').waitFor()
  await heading(reader, 'Reads what I would skip')

  const publisher = await pageOf(agent.owner)
  await publisher.goto(root)
  await publisher.getByRole('link', { name: 'Answer or report the review by Ada' }).click()
  await publisher.getByLabel('Answer', { exact: true }).fill('Thank you.')
  await requireUsable(publisher)
  await press(publisher, 'Publish answer')
  await publisher.getByText('Acme answered').waitFor()
  for (const rating of [5, 3]) await addReview(server.deps.db, { agentId: agent.agentId, rating, title: `${rating}` })
  await publisher.goto(`${root}?sort=lowest`)
  await publisher.getByText('from 3 reviews').waitFor()
  await requireUsable(publisher)

  await publisher.goto(`/agents/${agent.slug}`)
  await publisher.getByRole('heading', { name: 'Reviews' }).waitFor()
  await requireUsable(publisher)

  const other = await pageOf(await signedIn(server))
  await other.goto(root)
  await other.getByRole('link', { name: 'Report the review by Ada' }).click()
  await other.getByLabel('Not about this agent').check()
  await press(other, 'Report the review')
  await other.getByText('Thank you for the report').waitFor()

  const operator = await pageOf(await signedIn(server, { role: 'admin' }))
  await operator.goto('/operator/reports')
  await operator.getByRole('link', { name: '“Reads what I would skip”, of Lector' }).click()
  await operator.getByRole('list', { name: 'Open reports' }).getByText('Not about this agent').waitFor()
  await operator.getByLabel('Reason').fill('It is about another agent.')
  await press(operator, 'Hide the review')
  await operator.getByText('with 2 reviews').waitFor()

  await reader.goto('/account/reviews')
  await reader.getByText('It is about another agent.').waitFor()
  await requireUsable(reader)
  await reader.goto(root)
  await reader.getByText('It is about another agent.').waitFor()
  await reader.getByRole('link', { name: 'Change your review' }).click()
  await reader.getByText('Delete your review', { exact: true }).click()
  await press(reader, 'Delete your review of Lector')
  await reader.getByText('Your review is deleted').waitFor()
})
