import type { MiddlewareHandler } from 'hono'
import { Duplex } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import type { AppEnv } from './api.ts'

const compressible =
  /^(text\/(?!event-stream)|application\/(json|problem\+json|javascript|xml|manifest\+json)|image\/svg)/

/** Below this a body is sent as it is: it fits into one packet either way. */
export const smallestWorthwhileBytes = 860

export type Encoding = 'br' | 'gzip'

export const isCompressible = (contentType: string): boolean => compressible.test(contentType)

/**
 * Compresses text as it streams: each chunk is flushed at once. (hono/compress holds a streamed page back until its end.)
 * Event streams, ranges and what is already encoded pass untouched (RFC 9110 §8.4, §12.5.3).
 */
export function compression(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next()
    const { headers } = c.res
    if (headers.has('content-encoding') || headers.has('content-range')) return
    if (!isCompressible(headers.get('content-type') ?? '')) return
    if (headers.get('vary')?.toLowerCase().includes('accept-encoding') !== true)
      headers.append('vary', 'Accept-Encoding')
    const length = headers.get('content-length')
    if (length !== null && Number(length) < smallestWorthwhileBytes) return
    const encoding = acceptedEncoding(c.req.header('accept-encoding') ?? '')
    if (encoding === undefined || c.req.method === 'HEAD') return
    // Looked at last: asking for the body makes a stream of what the server would have written as it is.
    const { body } = c.res
    if (body === null) return

    const compressed = body.pipeThrough(Duplex.toWeb(createCompressor(encoding)) as CompressionPair)
    c.res = new Response(compressed, c.res)
    c.res.headers.delete('content-length')
    c.res.headers.set('content-encoding', encoding)
    const etag = c.res.headers.get('etag')
    // A strong validator names exact bytes, which compression changes (RFC 9110 §8.8.3.3).
    if (etag?.startsWith('"') === true) c.res.headers.set('etag', `W/${etag}`)
  }
}

// Node types its web streams apart from the DOM's; they are the same objects at run time.
type CompressionPair = ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>

const createCompressor = (encoding: Encoding) =>
  encoding === 'br'
    ? createBrotliCompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        // A window of 256 kB holds any of our pages; the default of 4 MB costs more time to set up than to compress with.
        params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 18 },
      })
    : createGzip({ flush: constants.Z_SYNC_FLUSH, level: 6 })

/** Brotli before gzip; `q=0` refuses a coding. */
export function acceptedEncoding(header: string): Encoding | undefined {
  const accepted = new Set(
    header
      .toLowerCase()
      .split(',')
      .map((part) => part.trim().split(';'))
      .filter(([, weight]) => !/^\s*q\s*=\s*0(\.0*)?$/.test(weight ?? ''))
      .map(([name = '']) => name.trim()),
  )
  if (accepted.has('br')) return 'br'
  return accepted.has('gzip') || accepted.has('*') ? 'gzip' : undefined
}
