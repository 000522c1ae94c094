// What an operator makes of the marketplace, over HTTP: its name, its picture, its colour and what it says about itself.
import { desc, eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createSiteReader, settingsAgeMsMax } from '#src/db/site-settings.ts'
import { auditLogs, media, siteSettings } from '#src/db/schema/index.ts'
import { newTierSchema } from '#src/features/pricing/schema.ts'
import { createTier } from '#src/features/pricing/tiers/create-tier.ts'
import { addPublisher, signedIn } from '#test/integration/pricing/publisher.ts'
import type { Session } from '#test/integration/pricing/publisher.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
let operator: Session
let picture: Buffer

beforeAll(async () => {
  server = await startTestServer()
  operator = await signedIn(server, { role: 'admin' })
  picture = await sharp({ create: { width: 80, height: 40, channels: 3, background: '#1b5e8c' } })
    .jpeg()
    .withExif({ IFD0: { Copyright: 'where it was taken' } })
    .toBuffer()
})
afterEach(async () => {
  const own = {
    name: null,
    markMediaId: null,
    accentLight: null,
    accentDark: null,
    supportEmail: null,
    currency: 'USD',
    legal: {},
  }
  await server.deps.db.update(siteSettings).set(own)
  server.deps.site.forget()
})
afterAll(() => server.stop())

interface Sent {
  readonly by?: Session | undefined
  readonly body?: BodyInit
  readonly method?: string
  readonly headers?: Record<string, string>
}

const ask = (path: string, { by, body, method, headers }: Sent = {}) =>
  fetch(`${server.origin}${path}`, {
    redirect: 'manual',
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(by && { cookie: by.cookie }), ...(body !== undefined && { origin: server.origin }), ...headers },
    ...(body !== undefined && { body }),
  })

async function page(path: string, sent: Sent = {}) {
  const response = await ask(path, sent)
  // React puts empty comments between neighbouring texts.
  const html = (await response.text()).replaceAll('<!-- -->', '')
  return { status: response.status, html, location: response.headers.get('location'), headers: response.headers }
}

const settingsPath = '/operator/settings'
const save = (which: string, fields: Record<string, string>, by: Session | undefined = operator) =>
  page(`${settingsPath}/${which}`, { by, body: new URLSearchParams(fields) })
const general = { name: '', supportEmail: '', currency: 'USD' }

/** As a browser sends the form of the branding page. */
function saveBranding(fields: {
  accentLight?: string
  accentDark?: string
  removesMark?: string
  intent?: string
  mark?: Buffer
}) {
  const form = new FormData()
  const { mark, ...texts } = { accentLight: '', accentDark: '', ...fields }
  for (const [name, value] of Object.entries(texts)) form.set(name, value)
  form.set(
    'mark',
    mark === undefined ? new File([], '') : new File([new Uint8Array(mark)], 'mark.jpg', { type: 'image/png' }),
  )
  return page(`${settingsPath}/branding`, { by: operator, body: form })
}

test('the name is the operator’s: in header, title, footer, mails, the manifest and the OpenAPI document', async () => {
  const { status, location } = await save('general', {
    ...general,
    name: ' Bridges & Boats ',
    supportEmail: 'Help@Market.example',
  })
  expect({ status, location }).toEqual({ status: 303, location: `${settingsPath}/general?notice=saved` })
  const { html } = await page('/agents')
  expect(html).toContain('<title>Agents · Bridges &amp; Boats</title>')
  expect(html.match(/Bridges &amp; Boats</g)?.length).toBeGreaterThanOrEqual(3)
  expect(html).toContain('href="mailto:help@market.example"')
  expect(await (await ask('/manifest.webmanifest')).json()).toMatchObject({ name: 'Bridges & Boats' })
  expect(await (await ask('/api/openapi.json')).json()).toMatchObject({ info: { title: 'Bridges & Boats' } })
  const mail = await server.deps.mailPreview?.renderSample('verify-email')
  expect(mail?.text).toContain('a Bridges & Boats account')
  const [audit] = await server.deps.db.select().from(auditLogs).orderBy(desc(auditLogs.timestamp)).limit(1)
  expect(audit).toMatchObject({ userId: operator.userId, action: 'site.set_general' })
  // The trail can't be changed afterwards, so no address is in it.
  expect(JSON.stringify(audit?.metadata)).not.toContain('market.example')
})

test('what can’t be is refused beside its field, and what was typed is kept', async () => {
  const typed = { name: 'x'.repeat(41), supportEmail: 'nobody at all', currency: 'XXX' }
  const { status, html } = await save('general', typed)
  expect(status).toBe(400)
  for (const field of ['name', 'supportEmail', 'currency']) expect(html).toContain(`id="${field}-error"`)
  for (const value of [typed.name, typed.supportEmail]) expect(html).toContain(`value="${value}"`)
  expect((await server.deps.site.read()).name).toBe('Rialto')
})

test('nobody but an operator sees or changes settings', async () => {
  const person = await signedIn(server)
  for (const which of ['general', 'branding', 'legal']) {
    expect(await page(`${settingsPath}/${which}`)).toMatchObject({ status: 303 })
    expect(await page(`${settingsPath}/${which}`, { by: person })).toMatchObject({ status: 403 })
  }
  expect(await save('general', { ...general, name: 'Mine' }, person)).toMatchObject({ status: 403 })
  expect((await server.deps.site.read()).name).toBe('Rialto')
})

test('another process shows what was saved within two seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const other = createSiteReader(server.deps)
    expect((await other.read()).name).toBe('Rialto')
    await save('general', { ...general, name: 'Elsewhere' })
    vi.advanceTimersByTime(settingsAgeMsMax + 1)
    expect((await other.read()).name).toBe('Elsewhere')
  } finally {
    vi.useRealTimers()
  }
})

test('a page goes on under the name that it had while settings can’t be read', async () => {
  await save('general', { ...general, name: 'Before' })
  await page('/legal/terms')
  await server.deps.db.execute('ALTER TABLE site_settings RENAME TO site_settings_away')
  try {
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(settingsAgeMsMax + 1)
    expect(await page('/legal/terms')).toMatchObject({ status: 200, html: expect.stringContaining('Terms · Before') })
  } finally {
    vi.useRealTimers()
    await server.deps.db.execute('ALTER TABLE site_settings_away RENAME TO site_settings')
  }
})

test('a mark is drawn anew, shown in header and tab, and kept under its content’s address for ever', async () => {
  expect(await saveBranding({ mark: picture })).toMatchObject({ status: 303 })
  const { html } = await page('/')
  const address = /<link rel="icon" href="(\/media\/[0-9a-f]{64})" type="image\/webp"\/>/.exec(html)?.[1] ?? ''
  expect(html).toContain(`<img src="${address}" width="80" height="40" alt=""`)
  const response = await ask(address)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/webp',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    etag: `"${address.split('/')[2]}"`,
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  expect((await sharp(bytes).metadata()).exif).toBeUndefined()
  const head = await ask(address, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'image/webp', ''])
  const again = await ask(address, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
  // For home screens, from the mark.
  const icon = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(html)?.[1] ?? ''
  const drawn = await ask(icon)
  expect(drawn.headers.get('content-type')).toBe('image/png')
  expect(await sharp(Buffer.from(await drawn.arrayBuffer())).metadata()).toMatchObject({ width: 180, height: 180 })
  expect(await saveBranding({ removesMark: 'on' })).toMatchObject({ status: 303 })
  expect((await page('/')).html).not.toContain('/media/')
  expect((await ask(icon)).status).toBe(404)
})

test('the same picture is kept once', async () => {
  await saveBranding({ mark: picture })
  await saveBranding({ removesMark: 'on' })
  await saveBranding({ mark: picture })
  expect(await server.deps.db.$count(media)).toBe(1)
})

test.each(['0'.repeat(64), 'no-hash', `${'0'.repeat(64)}.svg`])('there is no picture at /media/%s', async (name) => {
  const response = await ask(`/media/${name}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
})

test('an upload that is no picture is refused with what to do, whatever it calls itself', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  const { status, html } = await saveBranding({ mark: svg })
  expect(status).toBe(400)
  expect(html).toContain('SVG isn’t taken')
  expect(await page('/')).toMatchObject({ html: expect.not.stringContaining('/media/') })
})

test('an upload may have two megabytes; more is refused, at last by the server itself, and other pages take less', async () => {
  const mega = 1024 * 1024
  expect((await saveBranding({ mark: Buffer.alloc(2 * mega + 1, 1) })).html).toContain('more than 2 MB')
  expect(await saveBranding({ mark: Buffer.alloc(3 * mega, 1) })).toMatchObject({ status: 413 })
  const elsewhere = await save('general', { ...general, name: 'x'.repeat(mega + 1) })
  expect(elsewhere.status).toBe(413)
})

test('an accent is in the document itself, by the nonce of its own policy', async () => {
  expect(await saveBranding({ accentLight: '#1B5E8C', accentDark: '#7db8e8' })).toMatchObject({ status: 303 })
  const { html, headers } = await page('/')
  const [, nonce, css] = /<style nonce="([^"]+)">(html:root\{[^<]*)<\/style>/.exec(html) ?? []
  expect(headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
  expect(css).toContain('--accent:light-dark(#1b5e8c,#7db8e8)')
})

test('an accent that can’t be read is refused with its ratio, shown as it would look, and not saved', async () => {
  const colors = { accentLight: '#7db8e8', accentDark: '#1b5e8c' }
  const { status, html } = await saveBranding(colors)
  expect(status).toBe(400)
  expect(html).toContain('is 1.67 to 1; text needs 4.5. Make it darker.')
  expect(html).toContain('is 2.08 to 1; text needs 4.5. Make it lighter.')
  expect(html).toContain('.accent-preview{--accent:light-dark(#7db8e8,#1b5e8c)')
  expect(html).toContain('value="#7db8e8"')
  expect((await saveBranding({ ...colors, accentDark: '' })).html).toContain('Give a colour for dark pages, too')
  expect((await saveBranding({ ...colors, accentLight: 'red;}' })).html).toContain('This is no colour')
  expect((await server.deps.site.read()).accent).toBeUndefined()
})

test('a preview shows colours and saves nothing', async () => {
  const { status, html } = await saveBranding({ accentLight: '#1b5e8c', accentDark: '#7db8e8', intent: 'preview' })
  expect(status).toBe(200)
  expect(html).toContain('.accent-preview{--accent:light-dark(#1b5e8c,#7db8e8)')
  expect((await server.deps.site.read()).accent).toBeUndefined()
})

const saveLegal = (which: string, markdown: string) => save(`legal?page=${which}`, { markdown })

test('until the operator publishes a text, the page says so and tells what the software does', async () => {
  const { html } = await page('/legal/refunds')
  expect(html).toContain('The operator of this marketplace hasn’t published rules for refunds')
  expect(html).toContain('The subscription goes on for 7 days')
  const privacy = await page('/legal/privacy')
  expect(privacy.html).toContain('each unit with its agent and time')
  const imprint = await page('/legal/imprint')
  expect(imprint.html).toContain('hasn’t published an imprint')
  expect(imprint.html).toContain('<meta name="robots" content="noindex"/>')
  expect(await page('/legal/else')).toMatchObject({ status: 404 })
})

test('a text that was published is shown with its version and day, and harmless', async () => {
  expect(await saveLegal('terms', '# Ours\n\n<script>alert(1)</script>\n\n[go](javascript:alert(1))')).toMatchObject({
    status: 303,
  })
  const first = await page('/legal/terms')
  expect(first.html).toContain('Version 1 · ')
  expect(first.html).toContain('<h2>Ours</h2>')
  expect(first.html).not.toMatch(/<script>alert|javascript:/)
  expect(first.html).not.toContain('hasn’t published')
  await saveLegal('terms', '# Ours, changed')
  expect((await page('/legal/terms')).html).toContain('Version 2 · ')
  // Saved as it is: still the second.
  await saveLegal('terms', '# Ours, changed')
  expect((await page('/legal/terms')).html).toContain('Version 2 · ')
  await saveLegal('terms', '')
  expect((await page('/legal/terms')).html).toContain('hasn’t published terms')
  await saveLegal('terms', '# Again')
  expect((await page('/legal/terms')).html).toContain('Version 3 · ')
})

test('a text too long to be shown is refused and kept in its field', async () => {
  const { status, html } = await saveLegal('privacy', 'word '.repeat(10_001))
  expect(status).toBe(400)
  expect(html).toContain('The text has 50,004 characters; at most 50,000 can be shown.')
  expect(html).toContain('word word')
})

test('two operators who save at once both count', async () => {
  await Promise.all([
    saveLegal('terms', 'Terms'),
    saveLegal('privacy', 'Privacy'),
    save('general', { ...general, name: 'Both' }),
  ])
  const [row] = await server.deps.db.select().from(siteSettings).where(eq(siteSettings.id, true))
  expect(row).toMatchObject({ name: 'Both', legal: { terms: { version: 1 }, privacy: { version: 1 } } })
})

test('a tier for which its publisher chose no currency is in the marketplace’s', async () => {
  await save('general', { ...general, currency: 'EUR' })
  const by = await addPublisher(server.deps.db, operator.userId)
  const tier = newTierSchema.parse({ tierName: 'Paid', priceMinor: 1_900 })
  expect(await createTier(server.deps, { by, tier })).toMatchObject({ currency: 'EUR' })
})
