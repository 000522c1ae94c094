// Reporting and checking usage without the way through the application: the same guard, schema and verb as the routes, on
// Node's own request and response. What is out of the ordinary (a bound token, a compressed or long body, a missing scope) is
// passed on untouched, so the application alone knows every refusal.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import type { Failure } from '#src/failures.ts'
import { notJson } from '#src/failures.ts'
import { problemResponse } from '#src/http/problem.ts'
import { plainSecurityHeaders } from '#src/http/security-headers.ts'
import type { Shortcut } from '#src/http/server.ts'
import { audiencesOf } from '#src/identity/index.ts'
import type { AccessToken, Scope } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { Decision } from './decision.ts'
import { checkUsage, reportUsage } from './report-usage.ts'
import { usageQuestion, usageReport } from './schema.ts'

/** One report is at most 3 kB. */
const bodyBytesMax = 8_192
const requestIdForm = /^[\w=-]{1,64}$/

type ShortcutDeps = Pick<Deps, 'auth' | 'baseUrl' | 'usage' | 'liftLinks' | 'metrics' | 'log'>

interface Call {
  readonly scope: Scope
  decide(deps: ShortcutDeps, token: AccessToken, body: unknown): Promise<Decision>
}

const calls: Readonly<Record<string, Call>> = {
  '/api/v1/usage': {
    scope: 'usage:write',
    decide: (deps, token, body) => reportUsage(deps, token, parsed(usageReport, body)),
  },
  '/api/v1/usage/check': {
    scope: 'usage:read',
    decide: (deps, token, body) => checkUsage(deps, token, parsed(usageQuestion, body)),
  },
}

interface ShortcutParts {
  readonly deps: ShortcutDeps
  /** What a caller is told of whatever was thrown. */
  readonly failureOf: (error: unknown, of: { requestId: string }) => Failure
}

export function usageShortcut({ deps, failureOf }: ShortcutParts): Shortcut {
  const resource = audiencesOf(deps.baseUrl).api
  const host = new URL(deps.baseUrl).host
  const security = plainSecurityHeaders({ isHttps: deps.baseUrl.startsWith('https:') })

  const grant = async ({ headers }: IncomingMessage, { scope }: Call): Promise<AccessToken | undefined> => {
    const token = await deps.auth.tokens.verify((headers.authorization ?? '').slice('Bearer '.length))
    if (token === undefined || token.jkt !== undefined) return undefined
    return token.audiences.includes(resource) && token.scopes.includes(scope) ? token : undefined
  }

  const answer = async (request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> => {
    const startedAt = performance.now()
    const given = request.headers['x-request-id']
    const requestId = typeof given === 'string' && requestIdForm.test(given) ? given : randomUUID()
    let status = 200
    try {
      const body = await readBody(request)
      const decision = await asked.call.decide(deps, asked.token, body)
      write(response, { status, requestId, security, type: 'application/json', text: JSON.stringify(decision) })
    } catch (error) {
      if (response.destroyed) return
      const problem = problemResponse({ ...failureOf(error, { requestId }), requestId })
      status = problem.status
      const retryAfter = problem.headers.get('retry-after') ?? undefined
      const text = await problem.text()
      write(response, { status, requestId, security, type: 'application/problem+json', text, retryAfter })
    }
    const seconds = (performance.now() - startedAt) / 1_000
    deps.metrics.requestSeconds.labels('POST', request.url ?? '', String(status)).observe(seconds)
  }

  return (request, response, pass) => {
    const call = isOrdinary(request, host) ? calls[request.url ?? ''] : undefined
    if (call === undefined) {
      pass()
      return
    }
    grant(request, call)
      // A database that is away is the application's to explain, too.
      .catch(() => undefined)
      .then((token) => (token === undefined ? pass() : answer(request, response, { call, token })))
      .catch((error: unknown) => {
        deps.log.error({ err: error }, 'an answer could not be written')
        response.destroy()
      })
  }
}

interface Asked {
  readonly call: Call
  readonly token: AccessToken
}

function isOrdinary({ method, headers }: IncomingMessage, host: string): boolean {
  const length = Number(headers['content-length'])
  return (
    method === 'POST' &&
    headers.host === host &&
    length > 0 &&
    length <= bodyBytesMax &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers.expect === undefined &&
    headers['content-type']?.startsWith('application/json') === true &&
    headers.authorization?.startsWith('Bearer ') === true
  )
}

function readBody(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      try {
        resolve(JSON.parse(text))
      } catch {
        reject(new AppError('invalid_request', notJson))
      }
    })
    request.on('error', reject)
  })
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const errors = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ in: 'json', path: path.join('.'), message }))
  throw new AppError('invalid_request', { errors })
}

interface Written {
  readonly status: number
  readonly requestId: string
  readonly security: readonly string[]
  readonly type: string
  readonly text: string
  readonly retryAfter?: string | undefined
}

function write(response: ServerResponse, { status, requestId, security, type, text, retryAfter }: Written): void {
  const headers = [
    ...security,
    'content-type',
    type,
    'cache-control',
    'no-store',
    'content-length',
    String(Buffer.byteLength(text)),
    'x-request-id',
    requestId,
  ]
  if (retryAfter !== undefined) headers.push('retry-after', retryAfter)
  response.writeHead(status, headers)
  response.end(text)
}
