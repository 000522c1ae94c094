/** Carries the address that the server itself determined. What a client sends under this name is overwritten. */
export const clientAddressHeader = 'x-rialto-client-address'

interface PublicRequest {
  /** Origin without a trailing slash. */
  readonly baseUrl: string
  readonly clientAddress: string
}

/** The request as the world made it: with the address it came from, and to our public one, which proofs name (RFC 9449 §4.2). */
export function asPublicRequest(request: Request, { baseUrl, clientAddress }: PublicRequest): Request {
  const headers = new Headers(request.headers)
  headers.set(clientAddressHeader, clientAddress)
  const { method, body } = request
  const { pathname, search } = new URL(request.url)
  // Field by field: the server's own request object only looks like a Request and can't be copied as one.
  return new Request(`${baseUrl}${pathname}${search}`, {
    method,
    headers,
    ...(body !== null && { body, duplex: 'half' }),
  })
}

// Accounts go through the pages, which limit attempts by account and address and answer alike whether an account exists.
// better-auth mounts some ninety endpoints that know neither: the world may call those of the provider (provider/index.ts),
// and the verbs call the others in process.

/** Answered before better-auth sees the request. */
export const closedEndpoint = (): Response => new Response(null, { status: 404 })
