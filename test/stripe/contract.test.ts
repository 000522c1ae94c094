import { describe } from 'vitest'
import { createStripe } from '#src/integrations/stripe/index.ts'
import { stripeContract } from '#test/integration/stripe/contract.ts'

const secretKey = process.env.STRIPE_TEST_KEY ?? ''
if (!secretKey.startsWith('sk_test_')) {
  throw new Error(
    'Set STRIPE_TEST_KEY to a secret key of Stripe’s test mode (sk_test_…): this runs against Stripe itself.',
  )
}
const stripe = createStripe({ secretKey })

describe('Stripe’s test mode keeps the contract', () => {
  stripeContract({ stripe: () => stripe })
})
