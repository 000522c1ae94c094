// Requests to addresses that strangers gave: they must not become requests to our own network.
import type { LookupAddress } from 'node:dns'
import { request as requestByHttp } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as requestByHttps } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { OutboundError } from './outbound-error.ts'
import { isLoopbackAddress, isPublicAddress } from './public-address.ts'
import { createResolveHost } from './resolve-host.ts'
import type { ResolveHost } from './resolve-host.ts'

export interface OutboundOptions {
  /** GET unless given. */
  readonly method?: 'GET' | 'HEAD'
  readonly accept?: string
  /** Of the whole exchange, redirects included; 10,000 unless given. */
  readonly timeoutMs?: number
  /** Of the body; 65,536 unless given. */
  readonly bytesMax?: number
  /** 3 unless given; each is checked as the first address was. */
  readonly redirectsMax?: number
}

export interface OutboundAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
  /** After redirects. */
  readonly url: string
  /** From the last request to its answer's first byte. */
  readonly durationMs: number
}

/** Throws `OutboundError`, and nothing else for what a stranger's server does. */
export type OutboundFetch = (url: string, options?: OutboundOptions) => Promise<OutboundAnswer>

interface OutboundSettings {
  /** A demo's agents are on this machine. */
  readonly allowsLoopback: boolean
  /** Says who asks (RFC 9110 §10.1.5). */
  readonly userAgent: string
  /** Left out: by the machine's name servers. */
  readonly resolve?: ResolveHost
}

interface Asking extends OutboundSettings {
  readonly resolve: ResolveHost
  readonly options: OutboundOptions
  readonly signal: AbortSignal
}

const standardTimeoutMs = 10_000
const standardBytesMax = 65_536
const standardRedirectsMax = 3
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * A fetch for addresses that strangers gave. A name is resolved once, all that it leads to is checked, and the connection goes to
 * exactly what was checked: a name server that answers differently the next time changes nothing. No cookies, no credentials, no
 * compression; time and bytes are bounded.
 */
export function createOutboundFetch(settings: OutboundSettings): OutboundFetch {
  const resolve = settings.resolve ?? createResolveHost()
  return async (url, options = {}) => {
    const signal = AbortSignal.timeout(options.timeoutMs ?? standardTimeoutMs)
    try {
      return await follow(url, { ...settings, resolve, options, signal })
    } catch (error) {
      if (signal.aborted) throw new OutboundError('timeout', { cause: error })
      if (error instanceof OutboundError) throw error
      throw new OutboundError('connection_failed', { cause: error })
    }
  }
}

async function follow(first: string, asking: Asking): Promise<OutboundAnswer> {
  let url = addressOf(first)
  for (let redirected = 0; ; redirected++) {
    const answer = await ask(url, asking)
    if (answer.location === undefined) return answer.read()
    if (redirected >= (asking.options.redirectsMax ?? standardRedirectsMax))
      throw new OutboundError('too_many_redirects')
    url = addressOf(answer.location, url)
  }
}

/** Ports under 1024 are other services', but for the web's own. */
const isForeignPort = (port: string): boolean => port !== '' && port !== '80' && port !== '443' && Number(port) < 1024

function addressOf(text: string, base?: URL): URL {
  const url = URL.parse(text, base)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !isWeb || url.username !== '' || url.password !== '' || isForeignPort(url.port)) {
    throw new OutboundError('invalid_address')
  }
  return url
}

interface Answered {
  readonly location: string | undefined
  read(): Promise<OutboundAnswer>
}

async function ask(url: URL, asking: Asking): Promise<Answered> {
  const addresses = await checkedAddresses(url, asking)
  const { options, userAgent, signal } = asking
  const startedAt = performance.now()
  const response = await send(url, {
    method: options.method ?? 'GET',
    headers: { accept: options.accept ?? '*/*', 'user-agent': userAgent, connection: 'close' },
    lookup: pinnedTo(addresses),
    agent: false,
    signal,
  })
  const durationMs = Math.round(performance.now() - startedAt)
  const { statusCode: status = 0, headers } = response
  if (redirects.has(status) && headers.location !== undefined) {
    response.destroy()
    return { location: headers.location, read: () => Promise.reject(new Error('a redirect has no answer')) }
  }
  return {
    location: undefined,
    async read() {
      const body = await bodyOf(response, options.bytesMax ?? standardBytesMax)
      // A body without a length ends where its connection does, so one that was cut off for its time looks whole.
      signal.throwIfAborted()
      return { status, contentType: headers['content-type'] ?? '', body, url: url.href, durationMs }
    },
  }
}

/** All of them must be allowed: which one is connected to is the system's choice. */
async function checkedAddresses(
  url: URL,
  { resolve, allowsLoopback, signal }: Asking,
): Promise<readonly LookupAddress[]> {
  // IPv6 in brackets.
  const hostname = url.hostname.replaceAll(/^\[|\]$/g, '')
  const addresses = await Promise.race([resolveName(hostname, { resolve, signal }), rejectedBy(signal)])
  const isAllowed = ({ address }: LookupAddress): boolean =>
    isPublicAddress(address) || (allowsLoopback && isLoopbackAddress(address))
  if (!addresses.every(isAllowed)) throw new OutboundError('refused_address')
  return addresses
}

async function resolveName(
  hostname: string,
  { resolve, signal }: Pick<Asking, 'resolve' | 'signal'>,
): Promise<readonly LookupAddress[]> {
  const family = isIP(hostname)
  if (family !== 0) return [{ address: hostname, family }]
  const addresses = await resolve(hostname, signal).catch((error: unknown) => {
    const isSilent = (error as { code?: unknown }).code === 'ETIMEOUT'
    throw new OutboundError(isSilent ? 'timeout' : 'unresolvable', { cause: error })
  })
  if (addresses.length === 0) throw new OutboundError('unresolvable')
  return addresses
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new OutboundError('timeout')), { once: true }),
  )

/** Answers the connection's own look-up with what was checked; a host that is an address already needs none. */
const pinnedTo =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses
    if (all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }

function send(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestByHttps : requestByHttp
    request(url, options)
      .once('response', resolve)
      .once('error', reject)
      // Who answers with another protocol (101) gets neither; of what is settled by then it changes nothing.
      .once('close', () => reject(new Error('The connection ended without an answer.')))
      .end()
  })
}

async function bodyOf(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // Leaving the loop destroys the response, and with it the connection.
    if (bytes > bytesMax) throw new OutboundError('too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
