// The official command line client as a black box over a port: it shares no code with the official library.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serve } from '@hono/node-server'
import type { ServerType } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestSandbox } from './sandbox.ts'
import type { TestSandbox } from './sandbox.ts'

const run = promisify(execFile)
const program = createRequire(import.meta.url).resolve('@stripe/cli/bin/shim.js')
const answerMs = 20_000

describe('the Stripe command line client', () => {
  let running: TestSandbox
  let server: ServerType
  let home: string
  let origin: string

  beforeAll(async () => {
    running = await startTestSandbox()
    home = await mkdtemp(join(tmpdir(), 'rialto-stripe-cli-'))
    await new Promise<void>((resolve) => {
      server = serve({ fetch: running.sandbox.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve())
    })
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    await rm(home, { recursive: true, force: true })
    await running.stop()
  })

  const stripe = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { stdout } = await run(
      process.execPath,
      [program, ...args, '--api-base', origin, '--api-key', 'sk_test_sandboxclient0', '--color', 'off'],
      {
        timeout: answerMs,
        env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: '1' },
      },
    )
    return JSON.parse(stdout) as Record<string, unknown>
  }

  it('creates, reads, changes and lists what it does at Stripe', async () => {
    const product = await stripe('products', 'create', '--name', 'From the shell', '-d', 'metadata[a]=b')
    expect(product).toMatchObject({ object: 'product', name: 'From the shell', metadata: { a: 'b' } })
    const price = await stripe(
      'prices',
      'create',
      '--product',
      String(product.id),
      '--unit-amount',
      '1900',
      '--currency',
      'usd',
      '-d',
      'recurring[interval]=month',
    )
    expect(price).toMatchObject({ product: product.id, unit_amount: 1900, recurring: { interval: 'month' } })
    const customer = await stripe('customers', 'create', '--email', 'shell@example.com')
    await stripe('payment_methods', 'attach', 'pm_card_visa', '--customer', String(customer.id))
    const [method] = (await stripe('payment_methods', 'list', '--customer', String(customer.id))).data as {
      id: string
    }[]
    const subscription = await stripe(
      'subscriptions',
      'create',
      '--customer',
      String(customer.id),
      '-d',
      `items[0][price]=${String(price.id)}`,
      '-d',
      `default_payment_method=${method?.id}`,
    )
    expect(subscription).toMatchObject({ status: 'active' })
    expect(
      await stripe('subscriptions', 'update', String(subscription.id), '-d', 'cancel_at_period_end=true'),
    ).toMatchObject({
      cancel_at_period_end: true,
    })
    expect(await stripe('invoices', 'list', '--customer', String(customer.id))).toMatchObject({
      data: [{ status: 'paid' }],
    })
  })

  it('is told what is wrong in Stripe’s words', async () => {
    expect(await stripe('get', '/v1/customers/cus_nobody')).toMatchObject({ error: { code: 'resource_missing' } })
    expect(await stripe('post', '/v1/customers', '-d', 'nmae=x')).toMatchObject({
      error: { code: 'parameter_unknown', param: 'nmae' },
    })
  })
})
