type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_dpop_proof'
  | 'request_not_supported'
  | 'unsupported_response_type'
  | 'slow_down'
  | 'temporarily_unavailable'

interface OAuthError {
  readonly error: OAuthErrorCode
  readonly description: string
  readonly headers?: Readonly<Record<string, string>>
}

const statuses: Record<OAuthErrorCode, number> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_dpop_proof: 400,
  request_not_supported: 400,
  unsupported_response_type: 400,
  slow_down: 400,
  temporarily_unavailable: 429,
}

/** An error of the token endpoint (RFC 6749 §5.2) or of a pushed request (RFC 9126 §2.3), never kept by a cache. */
export const oauthError = ({ error, description, headers }: OAuthError): Response =>
  Response.json(
    { error, error_description: description },
    { status: statuses[error], headers: { 'cache-control': 'no-store', ...headers } },
  )

// One answer for a code or token that is unknown, another client's, used, expired or revoked: what it is helps nobody else.
export const invalidGrant = (): Response =>
  oauthError({ error: 'invalid_grant', description: 'This grant is not valid, or not valid any more.' })
