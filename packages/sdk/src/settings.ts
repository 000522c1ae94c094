interface Credentials {
  // Undefined is what the environment gives where something is missing: it is refused when the program starts.
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** Instead of the global one: a proxy, other limits, a test. */
  readonly fetch?: typeof fetch
  /** Of one attempt. */
  readonly timeoutMs?: number
  /** Of a call with all its attempts and waits. */
  readonly deadlineMs?: number
  readonly attemptsMax?: number
}

/** Where Rialto is: its origin, or its issuer as a publisher's page shows it, `{baseUrl}/api/auth`. */
export type RialtoOptions = Credentials &
  (
    | { readonly issuer: string | undefined; readonly baseUrl?: undefined }
    | { readonly baseUrl: string | undefined; readonly issuer?: undefined }
  )

export interface Settings {
  readonly issuer: URL
  /** `{baseUrl}/api`: what the tokens are for. */
  readonly resource: string
  readonly clientId: string
  readonly clientSecret: string
  readonly fetch: typeof fetch
  readonly timeoutMs: number
  readonly deadlineMs: number
  readonly attemptsMax: number
}

const issuerPath = '/api/auth'

/** Throws a TypeError for what can't work. */
export function settingsOf(options: RialtoOptions): Settings {
  const { clientId, clientSecret, timeoutMs = 5_000, deadlineMs = 20_000, attemptsMax = 6 } = options
  if (!clientId || !clientSecret) throw new TypeError('Rialto needs a clientId and a clientSecret')
  const issuer = issuerOf(options)
  return {
    issuer,
    resource: issuer.href.slice(0, -'/auth'.length),
    clientId,
    clientSecret,
    fetch: options.fetch ?? fetch,
    timeoutMs: positive('timeoutMs', timeoutMs),
    deadlineMs: positive('deadlineMs', deadlineMs),
    attemptsMax: positive('attemptsMax', attemptsMax),
  }
}

function issuerOf({ issuer, baseUrl }: RialtoOptions): URL {
  const text = issuer ?? `${(baseUrl ?? '').replace(/\/$/, '')}${issuerPath}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !url.pathname.endsWith(issuerPath) || url.search !== '' || url.hash !== '') {
    throw new TypeError(`Rialto needs its issuer, such as https://market.example${issuerPath}, or its baseUrl`)
  }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    throw new TypeError('Rialto takes plain http only on this machine: the client secret would be readable on the way')
  }
  return url
}

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')

export function positive(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`${name} must be a whole number from 1`)
  return value
}
