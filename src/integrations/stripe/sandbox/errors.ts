/** Stripe's own error, as https://docs.stripe.com/api/errors describes it. */
export interface StripeErrorBody {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'
  message: string
  code?: string
  decline_code?: string
  param?: string
  payment_intent?: unknown
}

/** An answer that isn't 2xx. What was done before is taken back, unless `keepsChanges`: a declined charge did happen. */
export class StripeFailure extends Error {
  override readonly name = 'StripeFailure'
  readonly status: number
  readonly body: StripeErrorBody
  readonly keepsChanges: boolean

  constructor({ status, keepsChanges = false, ...body }: StripeErrorBody & { status: number; keepsChanges?: boolean }) {
    super(body.message)
    this.status = status
    this.body = body
    this.keepsChanges = keepsChanges
  }
}

export const invalid = (message: string, about: { param?: string; code?: string } = {}): StripeFailure =>
  new StripeFailure({ status: 400, type: 'invalid_request_error', message, ...about })

export const missing = (what: string, id: string, param = 'id'): StripeFailure =>
  new StripeFailure({
    status: param === 'id' ? 404 : 400,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })
