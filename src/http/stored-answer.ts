import type { AppContext } from './api.ts'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { acceptedEncoding, isCompressible, smallestWorthwhileBytes } from './compression.ts'
import type { Encoding } from './compression.ts'

/** An answer held in memory: compressed once per coding, and answered with 304 to whoever has it already. */
export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** An upper bound of what it takes up, all codings together. */
  readonly bytesMax: number
  /** The answer for this request: its coding (RFC 9110 §12.5.3), its method, its If-None-Match (§13.1.2). */
  respond(c: AppContext): Promise<Response>
}

interface StoredBody {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
  /** Compressed as small as it gets, because it is compressed once; or quickly, because it is made anew every few seconds. */
  readonly effort: 'small' | 'quick'
}

type Coding = Encoding | 'identity'

const levels = {
  small: { brotli: 11, gzip: 9 },
  quick: { brotli: 5, gzip: 6 },
} as const

const [brotli, deflate] = [promisify(brotliCompress), promisify(gzip)]

export function createStoredAnswer({ status, headers, body, effort }: StoredBody): StoredAnswer {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  const isWorthCompressing = body.byteLength >= smallestWorthwhileBytes && isCompressible(headers['content-type'] ?? '')
  const bodies = new Map<Coding, Promise<Uint8Array<ArrayBuffer>>>([['identity', Promise.resolve(body)]])

  const inCoding = (coding: Coding): Promise<Uint8Array<ArrayBuffer>> => {
    const known = bodies.get(coding)
    if (known !== undefined) return known
    const made = compressed(body, { coding, effort })
    bodies.set(coding, made)
    return made
  }

  return {
    status,
    headers,
    // A coding is kept only because it is smaller, and text becomes much smaller.
    bytesMax: body.byteLength * 2,
    async respond(c) {
      const coding = isWorthCompressing
        ? (acceptedEncoding(c.req.header('accept-encoding') ?? '') ?? 'identity')
        : 'identity'
      // Strong, so each coding has its own (RFC 9110 §8.8.3.3).
      const etag = coding === 'identity' ? `"${hash}"` : `"${hash}-${coding}"`
      if (status === 200 && names(c.req.header('if-none-match'), etag)) {
        const { 'content-type': _, ...kept } = headers
        return new Response(null, { status: 304, headers: { ...kept, etag } })
      }
      const bytes = await inCoding(coding)
      const own: Record<string, string> = { ...headers, etag, 'content-length': String(bytes.byteLength) }
      if (coding !== 'identity') own['content-encoding'] = coding
      return new Response(c.req.method === 'HEAD' ? null : bytes, { status, headers: own })
    },
  }
}

/** Node types its buffers by any memory; these are made here, so never of shared memory. */
const compressed = (body: Uint8Array, { coding, effort }: { coding: Coding; effort: StoredBody['effort'] }) =>
  (coding === 'br'
    ? brotli(body, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: levels[effort].brotli,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
        },
      })
    : deflate(body, { level: levels[effort].gzip })) as Promise<Uint8Array<ArrayBuffer>>

/** Whether the visitor has it already. A proxy may have weakened the tag on its way (RFC 9110 §13.1.2 compares weakly). */
const names = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
