import type { BetterAuthPlugin } from 'better-auth'

/** Carries the address that the server itself determined. What a client sends under this name is overwritten. */
export const clientAddressHeader = 'x-rialto-client-address'

export function withClientAddress(request: Request, clientAddress: string): Request {
  const headers = new Headers(request.headers)
  headers.set(clientAddressHeader, clientAddress)
  const { url, method, body } = request
  // Field by field: the server's own request object only looks like a Request and can't be copied as one.
  return new Request(url, { method, headers, ...(body !== null && { body, duplex: 'half' }) })
}

// Accounts go through the pages, which limit attempts by account and address and answer alike whether an account exists.
// better-auth mounts some ninety endpoints that know neither; each is opened here when something needs it.
const openPaths: ReadonlySet<string> = new Set(['/ok'])

/** Answers 404 for every better-auth endpoint that is not open; the verbs call them in process, which this leaves alone. */
export const exposedPaths = () =>
  ({
    id: 'exposed-paths',
    onRequest: async (request, context) => {
      const { pathname } = new URL(request.url)
      const path = pathname.slice(new URL(context.baseURL).pathname.length)
      if (openPaths.has(path)) return undefined
      return { response: Response.json({ code: 'NOT_FOUND', message: 'Not found' }, { status: 404 }) }
    },
  }) satisfies BetterAuthPlugin
