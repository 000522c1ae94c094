import { join } from 'node:path'
import { Stripe } from 'stripe'
import { describe, expect, it } from 'vitest'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import { shapes } from '#src/integrations/stripe/sandbox/shapes.ts'
import { extractShapes } from '../../../scripts/stripe/extract-shapes.ts'
import { differences } from './shape-check.ts'
import { startTestSandbox } from './sandbox.ts'

const rootDir = join(import.meta.dirname, '..', '..', '..')

describe('the shapes the sandbox is held to', () => {
  it('are those of the installed client: else run pnpm stripe:shapes', () => {
    expect(shapes).toEqual(extractShapes(rootDir))
  })

  it('are of the version that the client is made for', () => {
    expect(Stripe.API_VERSION).toBe(apiVersion)
  })

  it('show a field that is missing, unknown, null or of another type', async () => {
    const running = await startTestSandbox()
    const price = await running.stripe.prices.create({ unit_amount: 1, currency: 'usd', product_data: { name: 'A' } })
    await running.stop()
    const answer = JSON.parse(JSON.stringify(price)) as Record<string, unknown>
    expect(differences(answer)).toEqual([])
    const { currency: _currency, ...without } = answer
    expect(differences(without)).toEqual(['price.currency is missing'])
    expect(differences({ ...answer, colour: 'red' })).toEqual(['price.colour is unknown to Stripe'])
    expect(differences({ ...answer, active: null })).toEqual(['price.active is null'])
    expect(differences({ ...answer, unit_amount: '1' })).toEqual([`price.unit_amount is '1'`])
    expect(differences({ ...answer, type: 'weekly' })).toEqual([`price.type is 'weekly'`])
    expect(differences({ ...answer, recurring: {} })).toContain('price.recurring.interval is missing')
  })
})
