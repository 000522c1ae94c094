import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { axeFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

// A newcomer with the keyboard alone and JavaScript off; beside it, axe looks at every page in both themes.

let server: TestServer
let browser: Browser
let context: BrowserContext
let page: Page

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

const tabsMax = 40

/** Tabs on until this is in focus; fails where the keyboard can't reach it. */
async function tabTo(target: Locator): Promise<void> {
  const wanted = await target.elementHandle()
  for (let count = 0; count < tabsMax; count += 1) {
    if (await wanted?.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not reach ${String(target)}`)
}

async function fill(label: string, text: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true })
  await tabTo(field)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}

async function press(role: 'button' | 'link', name: string): Promise<void> {
  await tabTo(page.getByRole('main').getByRole(role, { name, exact: true }))
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}

const heading = () => page.getByRole('heading', { level: 1 }).innerText()

/** The link of the newest mail with this subject to this address, read where a person reads it. */
async function linkFromMail(to: string, subject: string): Promise<string> {
  await vi.waitFor(
    async () => {
      const mails = (await server.deps.mailPreview?.list()) ?? []
      expect(mails.some((mail) => mail.to === to && mail.subject.includes(subject))).toBe(true)
    },
    { timeout: 30_000, interval: 100 },
  )
  const reader = await context.newPage()
  await reader.goto('/dev/mail')
  const mine = reader.getByRole('row').filter({ hasText: to })
  await mine.getByRole('link', { name: subject }).first().click()
  const link = await reader.getByRole('main').locator('a[href*="token="]').first().getAttribute('href')
  await reader.close()
  if (link === null) throw new Error(`No link in “${subject}”`)
  return link
}

async function signUp(email: string, password: string): Promise<void> {
  await page.goto('/sign-up')
  await fill('Name', 'Ada Lovelace')
  await fill('E-mail address', email)
  await fill('Password', password)
  await press('button', 'Create account')
}

const newEmail = () => `ada-${crypto.randomUUID()}@example.com`
const password = 'correct horse battery'

test('sign up, confirm, sign out, sign in, forget, choose a new password, sign in with it', async () => {
  const email = newEmail()
  await page.goto('/agents')
  await page.goto('/sign-in?returnTo=%2Fagents%3Fq%3Dopnhands')
  await press('link', 'Create an account')
  await fill('Name', 'Ada Lovelace')
  await fill('E-mail address', email)
  await fill('Password', password)
  await press('button', 'Create account')
  expect(await heading()).toBe('Look into your mail')
  expect(await page.getByRole('main').innerText()).toContain(`A link is on its way to ${email}`)
  expect(await page.getByRole('button', { name: 'Account of Ada Lovelace' }).isVisible()).toBe(true)
  await press('link', 'Continue')
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/agents?q=opnhands')

  await page.goto(await linkFromMail(email, 'Confirm your e-mail address'))
  expect(await heading()).toBe('Your address is confirmed')

  await page.goto('/sign-out')
  await press('button', 'Sign out on this device')
  expect(await page.getByRole('main').innerText()).toContain('You are signed out')
  await fill('E-mail address', email)
  await fill('Password', password)
  await press('button', 'Sign in')
  expect(new URL(page.url()).pathname).toBe('/')
  expect(await page.getByRole('button', { name: 'Account of Ada Lovelace' }).isVisible()).toBe(true)

  await context.clearCookies()
  await page.goto('/sign-in')
  await press('link', 'Password forgotten?')
  await fill('E-mail address', email)
  await press('button', 'Send the link')
  expect(await heading()).toBe('Look into your mail')
  await page.goto(await linkFromMail(email, 'Choose a new password'))
  await fill('New password', 'a quite different sentence')
  await press('button', 'Change the password')
  expect(await page.getByRole('main').innerText()).toContain('Your password was changed')

  await fill('E-mail address', email)
  await fill('Password', password)
  await press('button', 'Sign in')
  expect(await page.getByRole('main').innerText()).toContain('Address and password don’t belong together.')
  await fill('Password', 'a quite different sentence')
  await press('button', 'Sign in')
  expect(await page.getByRole('button', { name: 'Account of Ada Lovelace' }).isVisible()).toBe(true)
})

test('after an error the summary is in focus, leads to the field, and what was typed is still there', async () => {
  await page.goto('/sign-up')
  await fill('Name', 'Ada Lovelace')
  await fill('E-mail address', 'ada@')
  await fill('Password', 'short')
  await press('button', 'Create account')

  const summary = page.getByRole('alert')
  await expect.poll(() => summary.evaluate((element) => element === document.activeElement)).toBe(true)
  await expect.poll(() => page.title()).toMatch(/^Error: /)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const address = page.getByLabel('E-mail address')
  expect(await address.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await address.inputValue()).toBe('ada@')
  expect(await address.getAttribute('aria-invalid')).toBe('true')
  expect(await page.getByLabel('Name').inputValue()).toBe('Ada Lovelace')
  expect(await page.getByLabel('Password').inputValue()).toBe('')
})

test('the link opened in a browser that is not signed in asks first', async () => {
  const email = newEmail()
  await signUp(email, password)
  const link = await linkFromMail(email, 'Confirm your e-mail address')
  await context.clearCookies()

  await page.goto(link)
  expect(await heading()).toBe('Confirm your address')
  await press('button', 'Confirm this address')
  expect(await heading()).toBe('Your address is confirmed')
  await page.goto(link)
  expect(await heading()).toBe('Already confirmed')
})

test('every dead link has a way to a new one', async () => {
  await page.goto('/verify-email?token=cut-off')
  expect(await heading()).toBe('This link does not work')
  await fill('E-mail address', newEmail())
  await press('button', 'Send a new link')
  expect(await heading()).toBe('Look into your mail')

  await page.goto('/reset-password?token=used-or-expired-long-ago')
  expect(await heading()).toBe('This link no longer works')
  await press('link', 'Send a new link')
  expect(await heading()).toBe('Choose a new password')
})

test('a mail is shown as a mail program shows it, and can do nothing to the page around it', async () => {
  await page.goto('/dev/mail/preview/reset-password')
  const frame = page.frameLocator('iframe')
  const button = frame.getByRole('link', { name: 'Choose a new password' })
  const style = await button.evaluate((element) => {
    const { backgroundColor, paddingTop } = getComputedStyle(element)
    return { backgroundColor, paddingTop }
  })
  expect(style).toEqual({ backgroundColor: 'rgb(23, 19, 14)', paddingTop: '12px' })
  expect(await button.getAttribute('href')).toBe(`${server.origin}/reset-password?token=sample`)
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox')
})

const pages = [
  '/sign-up',
  '/sign-in',
  '/sign-in?notice=signed-out',
  '/forgot-password',
  '/forgot-password?sent',
  '/reset-password?token=x',
  '/verify-email',
  '/verify-email?sent',
  '/verify-email?token=x',
  '/dev/mail',
  '/dev/mail/preview/verify-email',
]

test('axe finds nothing on any page in either theme', async () => {
  const looking = await browser.newContext({ baseURL: server.origin, reducedMotion: 'reduce' })
  const reader = await looking.newPage()
  const findings: string[] = []
  const look = async (name: string): Promise<void> => {
    await reader.waitForLoadState('load')
    findings.push(...(await axeFindings(reader, name)))
  }
  for (const path of pages) {
    await reader.goto(path)
    await look(path)
  }
  await reader.goto('/sign-up')
  await reader.getByRole('button', { name: 'Create account' }).click()
  await look('/sign-up with errors')
  await reader.goto('/sign-in')
  await reader.getByLabel('E-mail address').fill('nobody@example.com')
  await reader.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
  await look('/sign-in with an error')
  await looking.close()
  expect(findings).toEqual([])
})

test('at 320 pixels nothing is cut off, however long a name or an address is', async () => {
  const narrow = await browser.newContext({ baseURL: server.origin, viewport: { width: 320, height: 640 } })
  const reader = await narrow.newPage()
  const overflow = () => reader.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  await reader.goto('/sign-up')
  await reader.getByLabel('Name').fill('W'.repeat(100))
  await reader.getByLabel('E-mail address').fill(`${'w'.repeat(60)}@${'m'.repeat(60)}.example`)
  await reader.getByLabel('Password').fill(password)
  await reader.getByRole('button', { name: 'Create account' }).click()
  await reader.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  const signedIn = ['/verify-email?sent', '/verify-email', '/verify-email?token=x', '/sign-out', '/dev/mail']
  for (const path of signedIn) {
    await reader.goto(path)
    expect([path, await overflow()]).toEqual([path, 0])
  }
  await narrow.clearCookies()
  for (const path of pages) {
    await reader.goto(path)
    expect([path, await overflow()]).toEqual([path, 0])
  }
  await narrow.close()
})
