import type { BrowserOrigins } from './browser-origins.ts'

/** Whose scripts may read an endpoint's answers; never with cookies. */
export type Readers = 'anyone' | 'public_clients'

interface Reading {
  readonly request: Request
  readonly readers: Readers
  readonly origins: BrowserOrigins
}

// MCP clients send their protocol's version even when they read a document.
const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, dpop, mcp-protocol-version',
  'access-control-max-age': '600',
} as const

/** What a browser is told that asks whether a script of another site may call (Fetch standard, CORS protocol). */
export async function answerPreflight(reading: Reading): Promise<Response> {
  const allowed = await allow(reading)
  const headers = new Headers(allowed)
  if (allowed['access-control-allow-origin'] !== undefined) {
    for (const [name, value] of Object.entries(preflightHeaders)) headers.set(name, value)
  }
  return new Response(null, { status: 204, headers })
}

/** The answer, readable to scripts of who may read it. */
export async function readable(answer: Response, reading: Reading): Promise<Response> {
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(await allow(reading))) headers.append(name, value)
  return new Response(answer.body, { status: answer.status, headers })
}

async function allow({ request, readers, origins }: Reading): Promise<Readonly<Record<string, string>>> {
  if (readers === 'anyone') return { 'access-control-allow-origin': '*' }
  const origin = request.headers.get('origin')
  if (origin === null || !(await origins.has(origin))) return { vary: 'Origin' }
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
  }
}
