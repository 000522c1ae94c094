import { eq } from 'drizzle-orm'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { agents, organization, organizationMember, user } from '#src/db/schema/index.ts'
import { newId } from '#src/lib/ids.ts'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// Somebody leaves for good: told what it means, held back where others would be left alone, and gone at the end; without JavaScript.

let server: TestServer
let browser: Browser
let context: BrowserContext
let page: Page

const password = 'correct horse battery'

beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.connect(inject('browserWsEndpoint'))
})
afterAll(async () => {
  await browser.close()
  await server.stop()
})
beforeEach(async () => {
  context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  page = await context.newPage()
})
afterEach(() => context.close())

interface Person {
  readonly id: string
  readonly email: string
}

async function newPerson(name: string): Promise<Person> {
  const email = `${name.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.com`
  const { internalAdapter, password: hasher } = await server.deps.auth.server.$context
  const { id } = await internalAdapter.createUser({ name, email, emailVerified: true }, { method: 'email-password' })
  const hash = await hasher.hash(password)
  await internalAdapter.linkAccount({ userId: id, providerId: 'credential', accountId: id, password: hash })
  return { id, email }
}

interface NewOrganization {
  readonly name: string
  readonly owner: Person
  readonly others?: readonly Person[]
  readonly hasAgent?: boolean
}

async function newOrganization({ name, owner, others = [], hasAgent = false }: NewOrganization): Promise<string> {
  const { db } = server.deps
  const [id, slug] = [newId(), newId()]
  await db.insert(organization).values({ id, name, slug })
  const member = (userId: string, role: string) => ({ id: newId(), organizationId: id, userId, role })
  const members = [member(owner.id, 'owner'), ...others.map((other) => member(other.id, 'member'))]
  await db.insert(organizationMember).values(members)
  if (hasAgent) await db.insert(agents).values({ slug, name: 'Lector', organizationId: id })
  return slug
}

async function enter(on: Page, email: string): Promise<void> {
  await on.getByLabel('E-mail address').fill(email)
  await on.getByLabel('Password').fill(password)
  await on.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
}

const press = (name: string) => page.getByRole('main').getByRole('button', { name }).click()
const pathOf = (on: Page) => new URL(on.url()).pathname

/** A click returns when the next page begins to arrive; its text counts when all of it is there. */
async function mainText(): Promise<string> {
  await page.waitForLoadState('load')
  return page.getByRole('main').innerText()
}

test('an only owner settles that first; then the account goes, on every device, and the address is free again', async () => {
  const [ada, bea] = [await newPerson('Ada'), await newPerson('Bea')]
  const shared = await newOrganization({ name: 'Analytical Engines', owner: ada, others: [bea] })
  await newOrganization({ name: 'Ada alone', owner: ada })
  const phone = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  const onPhone = await phone.newPage()
  await onPhone.goto('/account')
  await enter(onPhone, ada.email)

  await page.goto('/account/export')
  await enter(page, ada.email)
  await page.getByRole('main').getByRole('link', { name: 'Delete your account' }).click()
  const told = await mainText()
  expect(told).toContain('You are its only owner, with 1 other member. Make them owner.')
  expect(told).toContain('Ada alone. Nobody else is in it, and no agent belongs to it.')
  expect(await page.getByRole('button', { name: 'Delete my account' }).count()).toBe(0)
  await page.getByRole('link', { name: 'Change roles' }).click()
  expect(pathOf(page)).toBe(`/account/organizations/${shared}`)
  await page.getByRole('combobox', { name: 'Role of Bea' }).selectOption('Owner')
  await press('Save the role of Bea')

  await page.goto('/account/delete')
  expect(await mainText()).toContain('Analytical Engines, without you.')
  await page.getByLabel('Type your e-mail address').fill(bea.email)
  await press('Delete my account')
  expect(await mainText()).toContain('This is not the address of the account.')
  await expect.poll(() => page.title()).toMatch(/^Error: /)
  expect(await page.getByLabel('Type your e-mail address').inputValue()).toBe(bea.email)
  await page.getByLabel('Type your e-mail address').fill(ada.email)
  await press('Delete my account')
  expect(await mainText()).toContain('Your account is closed')
  expect(await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).count()).toBe(1)

  await onPhone.reload()
  expect(pathOf(onPhone)).toBe('/sign-in')
  await phone.close()
  const { db, mailPreview } = server.deps
  await vi.waitFor(
    async () => {
      expect(await db.$count(user, eq(user.id, ada.id))).toBe(0)
      expect(
        (await mailPreview?.list())?.some(({ to, template }) => to === ada.email && template === 'account-deleted'),
      ).toBe(true)
    },
    { timeout: 30_000, interval: 200 },
  )
  expect(await db.$count(organization, eq(organization.name, 'Ada alone'))).toBe(0)

  await page.goto('/sign-up')
  await page.getByLabel('Name').fill('Ada again')
  await page.getByLabel('E-mail address').fill(ada.email)
  await page.getByLabel('Password').fill(password)
  await press('Create account')
  await page.waitForLoadState('load')
  await page.goto('/account')
  expect(await mainText()).toContain(ada.email)
})

test('who pays for something is told until when it is paid, and that it ends at once', async () => {
  const ada = await newPerson('Ada')
  const { db, pool } = server.deps
  const [agent] = await db.insert(agents).values({ slug: newId(), name: 'Lector' }).returning()
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO agent_pricing_tiers (agent_id, tier_name, price, currency, is_free) VALUES ($1, 'Pro', 900, 'EUR', false) RETURNING id`,
    [agent?.id],
  )
  await pool.query(
    `INSERT INTO user_agent_subscriptions
       (user_id, agent_id, tier_id, status, amount, currency, stripe_subscription_id, current_period_start, current_period_end)
     VALUES ($1, $2, $3, 'active', 900, 'EUR', 'sub_told', '2026-01-01', '2099-12-03')`,
    [ada.id, agent?.id, rows[0]?.id],
  )
  await page.goto('/account/delete')
  await enter(page, ada.email)
  expect(await mainText()).toContain(
    'Lector, paid until 3 Dec 2099. Nothing is charged any more, and the rest is not refunded.',
  )
})

test('somebody without a password signs in again and comes back', async () => {
  const ada = await newPerson('Ada')
  await page.goto('/account/delete')
  await enter(page, ada.email)
  const { pool } = server.deps
  await pool.query(`UPDATE session SET created_at = now() - interval '1 day' WHERE user_id = $1`, [ada.id])
  // A page that is still arriving can't be loaded again.
  await page.waitForLoadState('load')
  await page.goto('/account/delete')
  await page.getByLabel('Your password').waitFor()
  await pool.query('DELETE FROM account WHERE user_id = $1', [ada.id])
  await page.goto('/account/delete')
  await page
    .getByRole('button', { name: 'Sign in again' })
    .or(page.getByRole('link', { name: 'Sign in again' }))
    .waitFor()
  expect(await page.getByLabel('Your password').count()).toBe(0)
  await press('Sign in again')
  await page.waitForLoadState('load')
  expect([pathOf(page), new URL(page.url()).searchParams.get('returnTo')]).toEqual(['/sign-in', '/account/delete'])
  expect(await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).count()).toBe(1)
})

test('axe finds nothing in either theme, and nothing is cut off', async () => {
  const [ada, bea] = [await newPerson('Ada'), await newPerson('Bea')]
  await newOrganization({ name: 'W'.repeat(80), owner: ada })
  await newOrganization({ name: 'M'.repeat(80), owner: bea, hasAgent: true })
  await newOrganization({ name: 'Engines', owner: bea, others: [ada], hasAgent: true })
  await server.deps.db.update(user).set({ role: 'user' })
  await server.deps.db.update(user).set({ role: 'admin' }).where(eq(user.id, bea.id))
  const looking = await browser.newContext({ baseURL: server.origin, reducedMotion: 'reduce' })
  const reader = await looking.newPage()
  const findings: string[] = []
  const look = async (name: string): Promise<void> => {
    findings.push(...(await usabilityFindings(reader, name)))
  }
  const seen = new Map<string, string>()
  for (const { email } of [bea, ada]) {
    await looking.clearCookies()
    await reader.goto('/account/delete')
    await enter(reader, email)
    await reader.getByRole('heading', { name: 'What happens' }).waitFor()
    await look(email === bea.email ? 'blocked' : 'open')
    seen.set(email, await reader.getByRole('main').innerText())
  }
  expect(seen.get(bea.email)).toContain('3 things come first')
  await reader.getByLabel('Type your e-mail address').fill('somebody@example.com')
  await reader.getByRole('button', { name: 'Delete my account' }).click()
  await reader.getByText('This is not the address of the account.').first().waitFor()
  await look('refused')
  await reader.goto('/account')
  await look('overview')
  await looking.clearCookies()
  await reader.goto('/account/deleted')
  await look('closed')
  await looking.close()
  expect(findings).toEqual([])
})
