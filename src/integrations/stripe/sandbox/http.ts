// Stripe's HTTP: keys, routes, parameters, idempotency, errors.
import { createHash } from 'node:crypto'
import { apiVersion } from '../api-version.ts'
import { catchUp } from './clock.ts'
import { StripeFailure, invalid } from './errors.ts'
import { expanded } from './expand.ts'
import { parseForm } from './form.ts'
import type { Form } from './form.ts'
import { readParameters } from './parameters.ts'
import { findRoute, routes } from './resources/table.ts'
import type { Match } from './resources/table.ts'
import { newStripeId } from './store.ts'
import type { Store } from './store.ts'
import { daySeconds } from './time.ts'
import { keepsChanges } from './work.ts'
import type { Work } from './work.ts'

const bodyBytesMax = 1_048_576
const idempotencyKeyMax = 255

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly isReplayed?: boolean
}

interface Ground {
  readonly work: Work
  /** Hears of what is wrong with the sandbox itself. */
  readonly onError: (error: unknown) => void
}

export function createHandler({ work, onError }: Ground): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = newStripeId('req')
    const key = request.headers.get('idempotency-key')
    const answer = await answerTo(request, { work, requestId, key }).catch((error: unknown): Answer => {
      if (error instanceof StripeFailure) return answerOf(error)
      onError(error)
      return {
        status: 500,
        body: { error: { type: 'api_error', message: 'The sandbox failed; see the log of the server.' } },
      }
    })
    return Response.json(answer.body, {
      status: answer.status,
      headers: {
        'request-id': requestId,
        'stripe-version': apiVersion,
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(answer.isReplayed ? { 'idempotent-replayed': 'true' } : {}),
      },
    })
  }
}

interface Call {
  readonly work: Work
  readonly requestId: string
  readonly key: string | null
}

async function answerTo(request: Request, { work, requestId, key }: Call): Promise<Answer> {
  const url = new URL(request.url)
  assertKey(request.headers)
  const match = findRoute(request.method, url.pathname)
  if (!match) throw unknownRoute(request.method, url.pathname)
  const body = request.method === 'POST' ? await request.text() : ''
  if (body.length > bodyBytesMax) throw invalid('The request body is too large.')
  const { expand = [], ...form } = parseForm([url.search.slice(1), body].filter(Boolean).join('&'))
  const paths = Array.isArray(expand) ? expand.filter((path) => typeof path === 'string') : []

  await catchUp(work)
  if (request.method === 'GET')
    return work.reading(async (store) => ({ status: 200, body: await run(store, match, { form, paths }) }))
  const fingerprint = createHash('sha256')
    .update(`${request.method} ${url.pathname}${url.search}\n${body}`)
    .digest('hex')
  return work.writing((store) => once(store, { key, fingerprint }, () => run(store, match, { form, paths })), {
    id: requestId,
    idempotencyKey: key,
  })
}

async function run(
  store: Store,
  { route, path }: Match,
  { form, paths }: { form: Form; paths: readonly string[] },
): Promise<unknown> {
  // A route and its parameters belong together; the compiler sees the union of all.
  const handle = routes[route] as (store: Store, params: unknown, where: Match['path']) => unknown
  const answer = await handle(store, readParameters(route, form), path)
  // Expanding reads what was just written.
  return expanded(store, answer, paths)
}

/** The same key gives the same answer for a day, and nothing happens twice: https://docs.stripe.com/api/idempotent_requests */
async function once(
  store: Store,
  { key, fingerprint }: { key: string | null; fingerprint: string },
  job: () => Promise<unknown>,
): Promise<Answer> {
  if (key !== null) {
    if (key.length > idempotencyKeyMax) throw invalid('Idempotency keys may have at most 255 characters.')
    await store.client.query('DELETE FROM stripe_sandbox.idempotency_keys WHERE created < $1', [store.now - daySeconds])
    const { rows } = await store.client.query<{ fingerprint: string; status: number; body: unknown }>(
      'SELECT fingerprint, status, body FROM stripe_sandbox.idempotency_keys WHERE key = $1',
      [key],
    )
    const [known] = rows
    if (known) {
      if (known.fingerprint === fingerprint) return { status: known.status, body: known.body, isReplayed: true }
      throw new StripeFailure({
        status: 400,
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      })
    }
  }
  const answer = await job().then(
    (body): Answer => ({ status: 200, body }),
    (error: unknown): Answer => {
      if (keepsChanges(error)) return answerOf(error)
      throw error
    },
  )
  if (key !== null) {
    await store.client.query('INSERT INTO stripe_sandbox.idempotency_keys VALUES ($1, $2, $3, $4, $5)', [
      key,
      fingerprint,
      answer.status,
      JSON.stringify(answer.body),
      store.now,
    ])
  }
  return answer
}

const answerOf = (failure: StripeFailure): Answer => ({ status: failure.status, body: { error: failure.body } })

function assertKey(headers: Headers): void {
  if (!/^Bearer sk_test_\w+$/.test(headers.get('authorization') ?? '')) {
    throw new StripeFailure({
      status: 401,
      type: 'invalid_request_error',
      message: 'Invalid API Key provided. The sandbox takes sk_test_ keys.',
    })
  }
  const version = headers.get('stripe-version')
  if (version !== null && version !== apiVersion) {
    throw invalid(`Invalid Stripe API version: ${version}. The sandbox speaks ${apiVersion}.`)
  }
}

const unknownRoute = (method: string, pathname: string): StripeFailure =>
  new StripeFailure({
    status: 404,
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${pathname}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  })
