import { text } from 'node:stream/consumers'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { usabilityFindings } from '#test/support/looks.ts'
import { startTestServer } from '#test/support/server.ts'
import { totpOf } from '#test/support/totp.ts'
import type { TestServer } from '#test/support/server.ts'

// Somebody's own account, without JavaScript unless a test says otherwise; axe looks at every page in both themes.

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

/** Somebody with a confirmed address; made directly, because signing up is seen in first-use.test.ts. */
async function newMember(name = 'Ada Lovelace'): Promise<string> {
  const email = `ada-${crypto.randomUUID()}@example.com`
  const { internalAdapter, password: hasher } = await server.deps.auth.server.$context
  const user = await internalAdapter.createUser({ name, email, emailVerified: true }, { method: 'email-password' })
  const hash = await hasher.hash(password)
  await internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: hash })
  return email
}

/** Fills in the page to sign in, which the browser has come to. */
async function enter(email: string, on = page): Promise<void> {
  await on.getByLabel('E-mail address').fill(email)
  await on.getByLabel('Password').fill(password)
  await on.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signIn(email: string, path: string): Promise<void> {
  await page.goto(path)
  await enter(email)
}

const press = (name: string) => page.getByRole('main').getByRole('button', { name }).click()

/** A click returns when the next page begins to arrive; its text counts when all of it is there. */
async function mainText(): Promise<string> {
  await page.waitForLoadState('load')
  return page.getByRole('main').innerText()
}
const pathOf = (on: Page) => new URL(on.url()).pathname

/** The newest mail to this address whose subject starts so, as text. */
const mailTo = (to: string, subject: string) =>
  vi.waitFor(
    async () => {
      const mails = (await server.deps.mailPreview?.list()) ?? []
      const mail = mails.find((candidate) => candidate.to === to && candidate.subject.startsWith(subject))
      if (mail === undefined) throw new Error(`No mail “${subject}” to ${to}`)
      return mail.text
    },
    { timeout: 15_000, interval: 200 },
  )

test('a page of one’s own leads to signing in and back', async () => {
  const email = await newMember()
  await signIn(email, '/account/profile')
  expect(pathOf(page)).toBe('/account/profile')
  await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Overview' }).click()
  expect(await mainText()).toContain(email)
})

test('on a phone the way to the other pages is one line, which opens without a script', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(await newMember(), '/account/profile')
  const navigation = page.getByRole('navigation', { name: 'Account' })
  expect(await navigation.getByRole('link').count()).toBe(0)
  await navigation.getByText('Account · Profile').click()
  await navigation.getByRole('link', { name: 'Reviews' }).click()
  expect(pathOf(page)).toBe('/account/reviews')
  expect(await mainText()).toContain('You have reviewed nothing yet')
})

test('name and address are changed in the profile, the address only after its new mailbox confirmed it', async () => {
  const email = await newMember()
  await signIn(email, '/account/profile')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada King')
  await press('Save name')
  expect(await mainText()).toContain('Your name is changed')
  expect(await page.getByRole('button', { name: 'Account of Ada King' }).count()).toBe(1)

  await page.getByLabel('New e-mail address').fill('ada@')
  await press('Send the link')
  await expect.poll(() => page.title()).toMatch(/^Error: /)
  expect(await page.getByLabel('New e-mail address').inputValue()).toBe('ada@')
  const fresh = `king-${crypto.randomUUID()}@example.com`
  await page.getByLabel('New e-mail address').fill(fresh)
  await press('Send the link')
  expect(await mainText()).toContain(`The link in the mail to ${fresh} makes it your address.`)

  await page.goto(/https?:\S+\/confirm\/\S+/.exec(await mailTo(fresh, 'Confirm your new'))?.[0] ?? '')
  await press('Confirm this address')
  expect(await mainText()).toContain(`You sign in with ${fresh} from now on.`)
  await page.goto('/account')
  expect(await mainText()).toContain(fresh)
})

test('a device that is signed out in the list is out at once', async () => {
  const email = await newMember()
  const phone = await browser.newContext({
    baseURL: server.origin,
    userAgent: 'Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0',
  })
  const onPhone = await phone.newPage()
  await onPhone.goto('/account')
  await enter(email, onPhone)
  await onPhone.waitForURL('**/account')

  await signIn(email, '/account/sessions')
  expect(await mainText()).toContain('This device')
  await page
    .getByRole('row')
    .filter({ hasText: 'Firefox on Android' })
    .getByRole('button', { name: /Sign out/ })
    .click()
  expect(await mainText()).toContain('That device is signed out')
  await onPhone.reload()
  expect(pathOf(onPhone)).toBe('/sign-in')
  await phone.close()

  expect(await page.getByRole('button', { name: 'Sign out everywhere else' }).count()).toBe(0)
  await page.reload()
  expect(pathOf(page)).toBe('/account/sessions')
})

test('the password is changed with the present one', async () => {
  const email = await newMember()
  await signIn(email, '/account/security')
  await page.getByLabel('Your password').fill('not my password')
  await page.getByLabel('New password').fill('a quite different sentence')
  await press('Change the password')
  expect(await mainText()).toContain('This is not your password.')
  await page.getByLabel('Your password').fill(password)
  await page.getByLabel('New password').fill('a quite different sentence')
  await press('Change the password')
  expect(await mainText()).toContain('Your password is changed')
})

test('a second step is set up, asked for when signing in, and replaced by a recovery code', async () => {
  const email = await newMember()
  await signIn(email, '/account/security')
  await page.getByRole('link', { name: 'Set up a second step' }).click()
  await page.getByLabel('Your password').fill(password)
  await press('Set it up')
  await page.waitForLoadState('load')
  expect(await page.getByRole('img', { name: 'QR code for your authenticator app' }).isVisible()).toBe(true)
  const uri = await page.locator('input[name=uri]').inputValue()
  await page.getByRole('textbox', { name: 'Code' }).fill('000000')
  await press('Turn it on')
  expect(await mainText()).toContain('This code does not fit.')
  await page.getByRole('textbox', { name: 'Code' }).fill(totpOf(uri))
  await press('Turn it on')
  await page.waitForLoadState('load')
  const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts()
  expect(codes).toHaveLength(10)
  const file = await page.getByRole('link', { name: 'Download as text' }).getAttribute('href')
  expect(decodeURIComponent(file ?? '')).toContain(codes.join('\n'))

  await page.goto('/sign-out')
  await press('Sign out on this device')
  await signIn(email, '/account/profile')
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Enter the code')
  await page.getByRole('textbox', { name: 'Code' }).fill(totpOf(uri, 1))
  await press('Sign in')
  expect(pathOf(page)).toBe('/account/profile')

  await context.clearCookies()
  await signIn(email, '/account/profile')
  await page.getByRole('link', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(codes[0] ?? '')
  await press('Sign in')
  expect(pathOf(page)).toBe('/account/profile')
})

test('an organization is made, somebody invited, their role changed, and they are removed', async () => {
  const [email, guest] = [await newMember(), await newMember('Bea Byron')]
  await signIn(email, '/account/organizations')
  await page.getByRole('main').getByRole('link', { name: 'New organization' }).click()
  await press('Create organization')
  expect(await mainText()).toContain('The name is missing.')
  await page.getByRole('textbox', { name: 'Name' }).fill('Analytical Engines')
  await press('Create organization')
  expect(pathOf(page)).toBe('/account/organizations/analytical-engines')
  const organizationPath = pathOf(page)
  expect(await mainText()).toContain('You are alone in it, and an organization needs an owner.')
  expect(await page.getByRole('button', { name: 'Leave this organization' }).count()).toBe(0)
  await page.getByLabel('E-mail address').fill(guest)
  await press('Send the invitation')
  expect(await mainText()).toContain(guest)

  const link = /https?:\S+\/invitations\/\S+/.exec(await mailTo(guest, 'Join Analytical Engines'))?.[0] ?? ''
  const other = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  const onOther = await other.newPage()
  await onOther.goto(link)
  await onOther.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await enter(guest, onOther)
  await onOther.getByRole('button', { name: 'Join' }).click()
  await onOther.waitForLoadState('load')
  expect(await onOther.getByRole('main').innerText()).toContain('You belong to this organization now.')

  await page.goto(link)
  expect(await mainText()).toContain('You belong to Analytical Engines')
  await page.goto(organizationPath)
  await page.getByRole('combobox', { name: 'Role of Bea Byron' }).selectOption('Admin')
  await press('Save the role of Bea Byron')
  expect(await mainText()).toContain('The role is changed')
  await onOther.reload()
  expect(await onOther.getByRole('button', { name: 'Send the invitation' }).count()).toBe(1)
  await press('Remove Bea Byron')
  await onOther.reload()
  expect(await onOther.getByRole('main').innerText()).toContain('There is nothing at this address')
  await other.close()
})

test('a passkey is added, signs in without the password, is renamed and removed', async () => {
  const email = await newMember()
  const able = await browser.newContext({ baseURL: server.origin })
  const reader = await able.newPage()
  const devTools = await able.newCDPSession(reader)
  await devTools.send('WebAuthn.enable')
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await reader.goto('/sign-in?returnTo=/account/security')
  await enter(email, reader)
  await reader.getByRole('textbox', { name: 'Name of the passkey' }).fill('Laptop')
  await reader.getByRole('button', { name: 'Add a passkey' }).click()
  await reader.getByText('The passkey is added').waitFor()

  await reader.goto('/sign-out')
  await reader.getByRole('button', { name: 'Sign out on this device' }).click()
  await reader.goto('/sign-in?returnTo=/account/security')
  await reader.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await reader.waitForURL('**/account/security')

  await reader.getByRole('textbox', { name: 'Name of Laptop' }).fill('Old laptop')
  await reader.getByRole('button', { name: 'Rename Laptop' }).click()
  await reader.getByRole('button', { name: 'Remove Old laptop' }).click()
  await reader.getByText('The passkey is removed').waitFor()
  await able.clearCookies()
  await reader.goto('/sign-in')
  await reader.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await reader.getByText('The passkey did not open the account').waitFor()
  await able.close()
})

test('everything held about a person comes as one file', async () => {
  const email = await newMember()
  await signIn(email, '/account/export')
  const [file] = await Promise.all([page.waitForEvent('download'), press('Download your data')])
  expect(file.suggestedFilename()).toBe('rialto-data.json')
  const data: unknown = JSON.parse(await text(await file.createReadStream()))
  expect(data).toMatchObject({ tables: { user: [{ email }], session: [{}] } })
})

const pages = [
  '/account',
  '/account/profile',
  '/account/security',
  '/account/security/two-factor',
  '/account/sessions',
  '/account/organizations',
  '/account/export',
  '/account/export?refused=password',
  '/account/organizations/new',
  '/invitations/unknown',
  '/sign-in/two-factor',
  '/sign-in/two-factor?recovery',
]

test('axe finds nothing in either theme, and nothing is cut off', async () => {
  const email = await newMember('W'.repeat(80))
  const looking = await browser.newContext({ baseURL: server.origin, reducedMotion: 'reduce' })
  const reader = await looking.newPage()
  await reader.goto('/account')
  await enter(email, reader)
  await reader.waitForURL('**/account')
  const findings: string[] = []
  const organization = '/account/organizations/engines'
  await reader.goto('/account/organizations/new')
  await reader.getByRole('textbox', { name: 'Name' }).fill('Engines')
  await reader.getByRole('button', { name: 'Create organization' }).click()
  await reader.getByLabel('E-mail address').fill(`${'w'.repeat(60)}@example.com`)
  await reader.getByRole('button', { name: 'Send the invitation' }).click()
  await reader.waitForURL('**/*invited')
  const look = async (name: string): Promise<void> => {
    findings.push(...(await usabilityFindings(reader, name)))
  }
  for (const path of [...pages, organization]) {
    await reader.goto(path)
    await look(path)
  }
  // The two that no address leads to.
  await reader.goto('/account/security/two-factor')
  await reader.getByLabel('Your password').fill(password)
  await reader.getByRole('button', { name: 'Set it up' }).click()
  await reader.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await look('the QR code')
  await reader.getByRole('textbox', { name: 'Code' }).fill(totpOf(await reader.locator('input[name=uri]').inputValue()))
  await reader.getByRole('button', { name: 'Turn it on' }).click()
  await reader.getByRole('link', { name: 'Download as text' }).waitFor()
  await look('the recovery codes')
  await looking.close()
  expect(findings).toEqual([])
})

test('signed out at 320 pixels the header is one line', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  await page.goto('/agents/openhands')
  const header = await page.locator('.site-header').boundingBox()
  expect(header?.height).toBeLessThan(72)
})
