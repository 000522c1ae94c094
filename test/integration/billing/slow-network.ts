import { Stripe } from 'stripe'
import { apiVersion } from '#src/integrations/stripe/index.ts'
import type { Sandbox } from '#src/integrations/stripe/index.ts'

interface SlowNetwork {
  readonly sandbox: Pick<Sandbox, 'fetch'>
  /** Waits on the way there and on the way back, for a call such as `GET /v1/customers/cus_1`. */
  readonly wait: (call: string, way: 'there' | 'back') => Promise<unknown>
}

/** The official client over a network that takes its time. */
export function slowStripe({ sandbox, wait }: SlowNetwork): Stripe {
  const fetchSlowly = async (request: Request): Promise<Response> => {
    const call = `${request.method} ${new URL(request.url).pathname}`
    await wait(call, 'there')
    const response = await sandbox.fetch(request)
    await wait(call, 'back')
    return response
  }
  const httpClient = Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) =>
    fetchSlowly(new Request(input, init)),
  )
  return new Stripe('sk_test_sandbox', { apiVersion, maxNetworkRetries: 0, telemetry: false, httpClient })
}
