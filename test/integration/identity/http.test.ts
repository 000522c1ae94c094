import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const password = 'correct horse battery'
const newEmail = () => `ada-${crypto.randomUUID()}@example.com`

interface Post {
  readonly headers?: Readonly<Record<string, string>>
  readonly origin?: string
}

/** A form as a browser sends it. */
const post = (path: string, fields: Readonly<Record<string, string>>, { headers = {}, origin }: Post = {}) =>
  fetch(`${server.origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: origin ?? server.origin, ...headers },
    body: new URLSearchParams(fields),
  })

const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

test('a new and a taken address get the same status, place and body', async () => {
  const form = { name: 'Ada', email: newEmail(), password }
  const answers = [await post('/sign-up', form), await post('/sign-up', { ...form, password: 'another one 123' })]
  const seen = await Promise.all(
    answers.map(async (answer) => [answer.status, answer.headers.get('location'), await answer.text()]),
  )
  expect(seen[0]).toEqual([303, '/verify-email?sent', ''])
  expect(seen[1]).toEqual(seen[0])
})

test('what a known and an unknown address see when they ask for a new password is the same', async () => {
  const email = newEmail()
  await post('/sign-up', { name: 'Ada', email, password })
  const answers = [await post('/forgot-password', { email }), await post('/forgot-password', { email: newEmail() })]
  const seen = await Promise.all(
    answers.map(async (answer) => [answer.status, answer.headers.get('location'), await answer.text()]),
  )
  expect(seen[0]).toEqual([303, '/forgot-password?sent', ''])
  expect(seen[1]).toEqual(seen[0])
})

test('a form of another site signs nobody in or out', async () => {
  const email = newEmail()
  const signedUp = await post('/sign-up', { name: 'Ada', email, password })
  const foreign = { origin: 'https://evil.example' }
  expect((await post('/sign-in', { email, password }, foreign)).status).toBe(403)
  const signOut = await post('/sign-out', {}, { ...foreign, headers: { cookie: cookieOf(signedUp) } })
  expect(signOut.status).toBe(403)
  const page = await fetch(server.origin, { headers: { cookie: cookieOf(signedUp) } })
  expect(await page.text()).toContain('Account of Ada')
})

test('opening a link signs nobody out', async () => {
  const signedUp = await post('/sign-up', { name: 'Ada', email: newEmail(), password })
  const cookie = cookieOf(signedUp)
  const page = await fetch(`${server.origin}/sign-out`, { headers: { cookie } })
  expect(await page.text()).toContain('Sign out on this device')
  expect(await (await fetch(server.origin, { headers: { cookie } })).text()).toContain('Account of Ada')
})

describe('where signing in leads', () => {
  let form: { email: string; password: string }
  beforeAll(async () => {
    form = { email: newEmail(), password }
    await post('/sign-up', { name: 'Ada', ...form })
  })

  test.each([
    ['/agents?q=opnhands', '/agents?q=opnhands'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/%2f%2fevil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/x/..//evil.example', '/'],
    ['/sign-out', '/'],
  ])('returnTo=%j leads to %j', async (returnTo, location) => {
    const answer = await post(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`, form)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, location])
  })
})

test('guessing ends in 429, whatever address the guesser claims to have', async () => {
  const email = newEmail()
  const statuses = []
  for (let count = 0; count < 11; count += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${count}`, 'x-rialto-client-address': `203.0.113.${count}` }
    statuses.push(await post('/sign-in', { email, password: 'a wrong one' }, { headers }))
  }
  expect(statuses.map(({ status }) => status)).toEqual([...Array<number>(10).fill(400), 429])
  expect(Number(statuses.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await statuses.at(-1)?.text()).toContain('That was tried too often')
})

describe('broken input is answered with the form, never with an error page', () => {
  const broken = [
    '\u0000',
    'x'.repeat(10_000),
    '\ud800',
    '\u202eevil',
    '"><script>alert(1)</script>',
    "' OR 1=1 --",
    '',
  ]
  test.each(broken)('%j', async (text) => {
    for (const [path, fields] of [
      ['/sign-up', { name: text, email: text, password: text }],
      ['/sign-in', { email: text, password: text }],
      ['/forgot-password', { email: text }],
      ['/verify-email', { email: text }],
    ] as const) {
      const answer = await post(path, fields)
      const page = await answer.text()
      expect([path, answer.status]).toEqual([path, expect.toBeOneOf([400, 429])])
      expect(page).toMatch(/<form[^>]* method="post"/)
      expect(page).not.toContain('<script>alert')
    }
    for (const path of ['/verify-email', '/reset-password']) {
      const answer = await fetch(`${server.origin}${path}?token=${encodeURIComponent(text.toWellFormed())}`)
      expect([path, answer.status]).toEqual([path, 410])
    }
  })
})

test('a file where text belongs is an empty field', async () => {
  const body = new FormData()
  body.set('email', new Blob(['x'.repeat(1_000)]), 'email.txt')
  const answer = await fetch(`${server.origin}/forgot-password`, {
    method: 'POST',
    headers: { origin: server.origin },
    body,
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('The e-mail address is missing')
})

test('what was typed comes back after an error, the password never', async () => {
  const fields = { name: 'Ada Lovelace', email: 'ada@', password: 'planted password 99' }
  const page = await (await post('/sign-up', fields)).text()
  expect(page).toContain('value="Ada Lovelace"')
  expect(page).toContain('value="ada@"')
  expect(page).not.toContain('planted')
})

test.each(['/sign-in', '/sign-up', '/forgot-password', '/reset-password?token=x', '/verify-email', '/dev/mail'])(
  '%s is kept by nobody, and runs no script but the palette’s and the one for passkeys',
  async (path) => {
    const answer = await fetch(`${server.origin}${path}`)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const scripts = (await answer.text()).match(/<script(?![^>]*ld\+json)[^>]*>/g) ?? []
    const own = path === '/sign-in' ? 'palette|passkeys' : 'palette'
    const isOwn = new RegExp(`src="/assets/(${own})-[^"]+\\.js" nonce="[^"]+"`)
    expect(scripts.filter((tag) => !isOwn.test(tag))).toEqual([])
  },
)

describe('better-auth’s own endpoints', () => {
  test.each([
    ['POST', '/sign-up/email'],
    ['POST', '/sign-in/email'],
    ['POST', '/request-password-reset'],
    ['POST', '/reset-password'],
    ['GET', '/reset-password/token?callbackURL=/'],
    ['GET', '/verify-email?token=x'],
    ['GET', '/get-session'],
    ['POST', '/update-user'],
    ['POST', '/admin/create-user'],
    ['POST', '/organization/create'],
    ['GET', '/token'],
    ['POST', '/sign-in/email/'],
    ['POST', '//sign-in/email'],
  ])('%s %s is closed', async (method, path) => {
    const answer = await fetch(`${server.origin}/api/auth${path}`, {
      method,
      headers: { origin: server.origin, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify({ email: newEmail(), password, name: 'Ada' }) }),
    })
    expect(answer.status).toBe(404)
  })

  test('the one that says that sign-in works is open', async () => {
    expect((await fetch(`${server.origin}/api/auth/ok`)).status).toBe(200)
  })
})

test('where no mail is caught, there are no mail pages', async () => {
  const production = await startTestServer({ overrides: { mailPreview: undefined } })
  try {
    for (const path of ['/dev/mail', '/dev/mail/x', '/dev/mail/preview/verify-email']) {
      expect((await fetch(`${production.origin}${path}`)).status).toBe(404)
    }
  } finally {
    await production.stop()
  }
})
