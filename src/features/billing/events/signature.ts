import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'

/** How far a signature's time and ours may lie apart, in either direction. */
const skewSecondsMax = 300
/** Some old secrets beside the present one, each with its own signature. */
const headerLengthMax = 2_048

interface Signed {
  readonly body: Buffer
  /** The Stripe-Signature header. */
  readonly header: string | undefined
  readonly secret: string
  /** When it came, in milliseconds of the real clock. */
  readonly receivedAt: number
}

/**
 * What Stripe signed, as JSON; docs.stripe.com/webhooks/signature. Throws `signature_invalid`, and `invalid_request` for what is
 * signed and is no event.
 */
export async function verifiedEvent({ body, header, secret, receivedAt }: Signed): Promise<unknown> {
  const signedAt = timeOf(header)
  // The client refuses what is old and takes what is dated ahead, which could then be sent again for as long.
  if (signedAt === undefined || Math.abs(receivedAt / 1_000 - signedAt) > skewSecondsMax) throw invalid()
  try {
    return await Stripe.webhooks.constructEventAsync(body, header ?? '', secret, skewSecondsMax, undefined, receivedAt)
  } catch (error) {
    // Whatever is thrown after that was signed by the one who has the secret.
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) throw invalid()
    throw new AppError('invalid_request', { detail: 'The body is no event.' })
  }
}

/** In seconds. Only one, so that what is looked at is what was signed; and no part without a value, on which the client stumbles. */
function timeOf(header: string | undefined): number | undefined {
  if (header === undefined || header.length > headerLengthMax) return undefined
  const parts = header.split(',')
  if (!parts.every((part) => /^\w+=\w+$/.test(part))) return undefined
  const [time, ...others] = parts.filter((part) => part.startsWith('t='))
  const digits = /^t=(\d{1,12})$/.exec(time ?? '')?.[1]
  return digits === undefined || others.length > 0 ? undefined : Number(digits)
}

const invalid = (): AppError => new AppError('signature_invalid')
