// What is taken in, what is refused, and what is kept of it.
import { request } from 'node:http'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventOf, newEventId, signatureOf, startEndpoint } from './endpoint.ts'
import type { Endpoint, Sending } from './endpoint.ts'

let endpoint: Endpoint
beforeAll(async () => {
  // Only a worker would make these events go away again.
  endpoint = await startEndpoint({}, { environment: { RIALTO_ROLE: 'web' } })
})
afterAll(() => endpoint.stop())

const countAll = async (): Promise<number> => {
  const { rows } = await endpoint.deps.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM stripe_events')
  return rows[0]?.count ?? 0
}
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code: string }).code]

describe('an event', () => {
  test('is kept and queued once, however often it comes', async () => {
    const event = eventOf()
    const body = JSON.stringify(event)
    const answers = await Promise.all(Array.from({ length: 8 }, () => endpoint.send(body)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await answers[0]?.json()).toEqual({ received: true })
    const stored = await endpoint.stored(event.id)
    expect(stored).toMatchObject({ type: 'customer.updated', livemode: false, attempts: 0, processed_at: null })
    expect(await endpoint.waitingJobs(stored?.id ?? '')).toBe(1)
  })

  test('is queued again when it comes again after a crash lost its job, and not once it was processed', async () => {
    const body = JSON.stringify(eventOf({ id: 'evt_crash' }))
    await endpoint.send(body)
    const row = (await endpoint.stored('evt_crash'))?.id ?? ''
    await endpoint.deps.pool.query('DELETE FROM pgboss.job WHERE singleton_key = $1', [row])
    expect((await endpoint.send(body)).status).toBe(200)
    expect(await endpoint.waitingJobs(row)).toBe(1)
    await endpoint.deps.pool.query('UPDATE stripe_events SET processed_at = now() WHERE id = $1', [row])
    await endpoint.deps.pool.query('DELETE FROM pgboss.job WHERE singleton_key = $1', [row])
    expect((await endpoint.send(body)).status).toBe(200)
    expect(await endpoint.waitingJobs(row)).toBe(0)
  })

  test('is neither kept nor answered with success when it can’t be queued', async () => {
    const event = eventOf()
    await endpoint.deps.pool.query('ALTER TABLE pgboss.job_common RENAME TO job_away')
    try {
      expect((await endpoint.send(JSON.stringify(event))).status).toBe(500)
    } finally {
      await endpoint.deps.pool.query('ALTER TABLE pgboss.job_away RENAME TO job_common')
    }
    expect(await endpoint.stored(event.id)).toBeUndefined()
    expect((await endpoint.send(JSON.stringify(event))).status).toBe(200)
  })

  test('is answered with 503 while the database is too slow, and taken in when it comes again', async () => {
    const body = JSON.stringify(eventOf({ id: 'evt_slow' }))
    const blocker = await endpoint.deps.pool.connect()
    await blocker.query('BEGIN')
    await blocker.query('LOCK TABLE stripe_events IN ACCESS EXCLUSIVE MODE')
    try {
      const startedAt = performance.now()
      expect(await codeOf(await endpoint.send(body))).toEqual([503, 'unavailable'])
      expect(performance.now() - startedAt).toBeLessThan(10_000)
    } finally {
      await blocker.query('ROLLBACK')
      blocker.release()
    }
    expect((await endpoint.send(body)).status).toBe(200)
    expect(await endpoint.stored('evt_slow')).toBeDefined()
  }, 20_000)
})

describe('a signature', () => {
  const body = JSON.stringify(eventOf({ id: 'evt_signature' }))
  const right = (): string => signatureOf(body, { secret: endpoint.deps.payments.webhookSecret })
  const seconds = (): number => Math.floor(Date.now() / 1000)

  test.each<[string, () => Sending]>([
    ['is missing', () => ({ header: '' })],
    ['is of another secret', () => ({ secret: 'whsec_another' })],
    ['is 301 seconds old', () => ({ stampedIn: -302 })],
    ['is dated 5 minutes ahead', () => ({ stampedIn: 303 })],
    ['is dated a day ahead', () => ({ stampedIn: 86_400 })],
    ['has no time', () => ({ header: right().replace(/t=\d+,/, '') })],
    ['has two times', () => ({ header: `t=${seconds()},${right()}` })],
    ['has an old time behind a new one', () => ({ header: `${right()},t=${seconds() - 900}` })],
    ['has a time that is no number', () => ({ header: right().replace(/t=\d+/, 't=NaN') })],
    ['has a negative time', () => ({ header: right().replace('t=', 't=-') })],
    ['has only an old scheme', () => ({ header: right().replace('v1=', 'v0=') })],
    ['is empty', () => ({ header: `t=${seconds()},v1=` })],
    ['is endless', () => ({ header: `${right()},${'v1=0,'.repeat(1_000)}` })],
    [
      'is of other words',
      () => ({ header: signatureOf(`${body} `, { secret: endpoint.deps.payments.webhookSecret }) }),
    ],
  ])('that %s is refused', async (_, sending) => {
    expect(await codeOf(await endpoint.send(body, sending()))).toEqual([400, 'signature_invalid'])
    expect(await endpoint.stored('evt_signature')).toBeUndefined()
  })

  test.each([-295, 295])('may be %i seconds away', async (stampedIn) => {
    const event = eventOf()
    expect((await endpoint.send(JSON.stringify(event), { stampedIn })).status).toBe(200)
  })

  test('may be one of several, while a secret is being replaced', async () => {
    const event = JSON.stringify(eventOf())
    const [time, signature] = signatureOf(event, { secret: endpoint.deps.payments.webhookSecret }).split(',')
    const header = `${time},v1=${'0'.repeat(64)},${signature},v0=${'0'.repeat(64)}`
    expect((await endpoint.send(event, { header })).status).toBe(200)
  })

  test('is that of the bytes as they came', async () => {
    const event = eventOf()
    const spaced = JSON.stringify(event, null, 7)
    expect((await endpoint.send(spaced)).status).toBe(200)
    const header = signatureOf(spaced, { secret: endpoint.deps.payments.webhookSecret })
    expect(await codeOf(await endpoint.send(JSON.stringify(event), { header }))).toEqual([400, 'signature_invalid'])
  })
})

describe('a signed event that is not for us', () => {
  test.each([
    ['of the other mode', { livemode: true }],
    ['of another API version', { api_version: '2024-06-20' }],
    ['without an API version', { api_version: null }],
    ['of another account', { account: 'acct_another' }],
  ])('%s is refused, and operators are told by the log', async (_, changes) => {
    const event = eventOf({ changes })
    expect(await codeOf(await endpoint.send(JSON.stringify(event)))).toEqual([400, 'invalid_request'])
    expect(await endpoint.stored(event.id)).toBeUndefined()
    const lines = endpoint.logged().split('\n')
    expect(lines.some((line) => line.includes('"level":50') && line.includes('stripe: an event of'))).toBe(true)
  })

  test('is taken when its account is ours', async () => {
    await endpoint.deps.pool.query(`UPDATE installation SET environment = 'sandbox', stripe_account_id = 'acct_ours'`)
    const event = eventOf({ changes: { account: 'acct_ours' } })
    expect((await endpoint.send(JSON.stringify(event))).status).toBe(200)
    expect(await codeOf(await endpoint.send(JSON.stringify(eventOf({ changes: { account: 'acct_x' } }))))).toEqual([
      400,
      'invalid_request',
    ])
  })
})

describe('a signed body that is no event', () => {
  test.each([
    ['no JSON', 'events=1'],
    ['half of one', '{"id":"evt_1","object":"event"'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['another object', JSON.stringify({ id: 'cus_1', object: 'customer' })],
    ['a notification of version 2', JSON.stringify({ ...eventOf(), object: 'v2.core.event' })],
    ['an event without an object', JSON.stringify({ ...eventOf(), data: {} })],
    ['an event whose id is an order', JSON.stringify(eventOf({ id: `evt_'; DROP TABLE stripe_events; --` }))],
    ['an event whose id is too long', JSON.stringify(eventOf({ id: `evt_${'a'.repeat(300)}` }))],
    ['nested too deep for a parser', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('%s is refused', async (_, body) => {
    const before = await countAll()
    expect(await codeOf(await endpoint.send(body))).toEqual([400, 'invalid_request'])
    expect(await countAll()).toBe(before)
  })

  test('is refused when it is empty, too', async () => {
    expect(await codeOf(await endpoint.send('', { header: `t=${Math.floor(Date.now() / 1000)},v1=0` }))).toEqual([
      400,
      'signature_invalid',
    ])
  })
})

describe('a body', () => {
  const mebibyte = 1024 * 1024
  const ofLength = (bytes: number, id: string): string => {
    const event = eventOf({ id, object: { id: 'cus_big', object: 'customer', note: '' } })
    const missing = bytes - Buffer.byteLength(JSON.stringify(event))
    return JSON.stringify({ ...event, data: { object: { ...event.data.object, note: 'n'.repeat(missing) } } })
  }

  test('may have 1 MiB', async () => {
    expect((await endpoint.send(ofLength(mebibyte, newEventId()))).status).toBe(200)
  })

  test('of one byte more is refused', async () => {
    expect(await codeOf(await endpoint.send(ofLength(mebibyte + 1, 'evt_too_big')))).toEqual([413, 'payload_too_large'])
    expect(await endpoint.stored('evt_too_big')).toBeUndefined()
  })

  test('of unknown length is refused as soon as it is too long', async () => {
    const body = ofLength(mebibyte + 1, 'evt_chunked')
    const header = signatureOf(body, { secret: endpoint.deps.payments.webhookSecret })
    expect(await sentInChunks(endpoint.url, { body, header })).toBe(413)
    const fits = ofLength(1_000, newEventId())
    const signed = signatureOf(fits, { secret: endpoint.deps.payments.webhookSecret })
    expect(await sentInChunks(endpoint.url, { body: fits, header: signed })).toBe(200)
  })

  test('that PostgreSQL could not hold is kept all the same', async () => {
    await endpoint.addCustomer('cus_nul')
    const object = { id: 'cus_nul', object: 'customer', name: 'A\u0000B', lone: '\ud800', 'k\u0000': ['\udfff', 1] }
    const event = eventOf({ object })
    expect((await endpoint.send(JSON.stringify(event))).status).toBe(200)
    expect((await endpoint.stored(event.id))?.payload).toMatchObject({
      data: { object: { name: 'A\uFFFDB', lone: '\uFFFD', 'k\uFFFD': ['\uFFFD', 1] } },
    })
  })

  test('that is nested deep is kept as deep as anything of Stripe’s is', async () => {
    await endpoint.addCustomer('cus_deep')
    const depth = 20_000
    const body = JSON.stringify(eventOf({ id: 'evt_deep', object: { id: 'cus_deep', object: 'customer', deep: 0 } }))
    const nested = body.replace('"deep":0', `"deep":${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect((await endpoint.send(nested)).status).toBe(200)
    expect(await endpoint.stored('evt_deep')).toBeDefined()
  })

  test('is never in the log', async () => {
    const marker = `marker${crypto.randomUUID()}`
    const object = { id: 'cus_1', object: 'customer', name: marker }
    const sendings: [unknown, Sending?][] = [
      [eventOf({ object })],
      [eventOf({ object }), { secret: 'whsec_another' }],
      [eventOf({ object, changes: { livemode: true } })],
      [eventOf({ object, changes: { api_version: marker } })],
      [eventOf({ object, changes: { account: marker } })],
      [eventOf({ object, changes: { id: marker } })],
    ]
    for (const [event, sending] of sendings) await endpoint.send(JSON.stringify(event), sending)
    await endpoint.send(`${marker}{`)
    await endpoint.deps.pool.query('ALTER TABLE stripe_events RENAME TO stripe_events_away')
    try {
      expect((await endpoint.send(JSON.stringify(eventOf({ object })))).status).toBe(500)
    } finally {
      await endpoint.deps.pool.query('ALTER TABLE stripe_events_away RENAME TO stripe_events')
    }
    expect(endpoint.logged()).toContain('/api/webhooks/stripe')
    expect(endpoint.logged()).not.toContain(marker)
    expect(endpoint.logged()).not.toContain(endpoint.deps.payments.webhookSecret)
  })
})

describe('what is kept', () => {
  test('of a stranger is ids', async () => {
    const object = {
      id: 'in_stranger',
      object: 'invoice',
      customer: 'cus_of_another_shop',
      customer_email: 'stranger@example.com',
      charge: { id: 'ch_stranger', object: 'charge', billing_details: { email: 'stranger@example.com' } },
      metadata: { order: 'of Mr. Stranger', rialto: 'invoice', rialto_intent: 'not an id, but Mr. Stranger' },
      parent: { subscription_details: { subscription: 'sub_stranger', metadata: {} } },
    }
    const event = eventOf({ type: 'invoice.paid', object })
    expect((await endpoint.send(JSON.stringify(event))).status).toBe(200)
    const kept = await endpoint.stored(event.id)
    expect(JSON.stringify(kept?.payload).toLowerCase()).not.toMatch(/example|mr\./)
    expect(kept?.payload).toMatchObject({
      id: event.id,
      type: 'invoice.paid',
      data: {
        object: {
          id: 'in_stranger',
          customer: 'cus_of_another_shop',
          charge: 'ch_stranger',
          subscription: 'sub_stranger',
        },
      },
    })
  })

  test('of a customer of ours is everything', async () => {
    await endpoint.addCustomer('cus_ours')
    const object = { id: 'in_ours', object: 'invoice', customer: 'cus_ours', customer_email: 'ada@example.com' }
    const event = eventOf({ type: 'invoice.paid', object })
    await endpoint.send(JSON.stringify(event))
    expect((await endpoint.stored(event.id))?.payload).toEqual(JSON.parse(JSON.stringify(event)))
  })

  test('of a new customer whose id we have not been told yet is everything', async () => {
    const { userId } = await endpoint.addCustomer('cus_placeholder')
    const { rows } = await endpoint.deps.pool.query<{ id: string }>(
      'UPDATE billing_customers SET stripe_customer_id = NULL WHERE user_id = $1 RETURNING id',
      [userId],
    )
    const metadata = { rialto: 'customer', rialto_customer: rows[0]?.id }
    const event = eventOf({ object: { id: 'cus_new', object: 'customer', name: 'Ada', metadata } })
    await endpoint.send(JSON.stringify(event))
    expect((await endpoint.stored(event.id))?.payload).toMatchObject({ data: { object: { name: 'Ada' } } })
  })

  test('of what belongs to nobody and was made by us is everything', async () => {
    const object = { id: 'prod_1', object: 'product', name: 'Team', metadata: { rialto: 'product' } }
    const event = eventOf({ type: 'product.updated', object })
    await endpoint.send(JSON.stringify(event))
    expect((await endpoint.stored(event.id))?.payload).toMatchObject({ data: { object: { name: 'Team' } } })
  })

  test('of a customer who is deleting their account is ids', async () => {
    const { userId } = await endpoint.addCustomer('cus_leaving')
    await endpoint.deps.pool.query('INSERT INTO account_deletions (user_id) VALUES ($1)', [userId])
    const object = { id: 'cus_leaving', object: 'customer', email: 'ada@example.com', metadata: { rialto: 'customer' } }
    const event = eventOf({ type: 'customer.deleted', object })
    await endpoint.send(JSON.stringify(event))
    expect(await endpoint.stored(event.id)).toMatchObject({ is_reduced: true, stripe_customer_id: null })
    expect(JSON.stringify((await endpoint.stored(event.id))?.payload)).not.toContain('ada@example.com')
  })
})

test('only POST is answered', async () => {
  expect((await fetch(endpoint.url)).status).toBe(405)
})

test('the official client’s own header is what is taken', async () => {
  const payload = JSON.stringify(eventOf())
  const header = await Stripe.webhooks.generateTestHeaderStringAsync({
    payload,
    secret: endpoint.deps.payments.webhookSecret,
  })
  expect((await endpoint.send(payload, { header })).status).toBe(200)
})

/** Without a Content-Length, as Node sends what it doesn't know the end of. */
function sentInChunks(url: string, { body, header }: { body: string; header: string }): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sending = request(url, { method: 'POST', headers: { 'stripe-signature': header } }, (response) => {
    response.resume()
    resolve(response.statusCode ?? 0)
  })
  sending.on('error', reject)
  for (let at = 0; at < body.length; at += 100_000) sending.write(body.slice(at, at + 100_000))
  sending.end()
  return promise
}
