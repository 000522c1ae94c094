// Where a page of reviews ended, as an opaque text that only fits the order it came from.
import { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'
import type { ReviewSort } from '../schema.ts'

export const cursorCharactersMax = 300

/** PostgreSQL's own microseconds: milliseconds would skip what was written within one. */
const time = z.iso.datetime().refine((text) => !text.startsWith('0000'))
const placeSchema = z.strictObject({ rating: z.int().min(1).max(5), at: time, id: z.uuid() })
const envelope = z.strictObject({ sort: z.string(), place: placeSchema })

export type ReviewPlace = z.infer<typeof placeSchema>

export const encodeCursor = (sort: ReviewSort, place: ReviewPlace): string =>
  Buffer.from(JSON.stringify({ sort, place })).toString('base64url')

/** Throws `AppError('invalid_request')` for anything but a cursor of this order. */
export function decodeCursor(sort: ReviewSort, text: string): ReviewPlace {
  const parsed = envelope.safeParse(parseJson(text))
  if (parsed.success && parsed.data.sort === sort) return parsed.data.place
  throw new AppError('invalid_request', {
    errors: [
      { in: 'query', path: 'cursor', message: 'is not a cursor of this list; leave it out to begin at the start' },
    ],
  })
}

function parseJson(text: string): unknown {
  if (text.length > cursorCharactersMax || !/^[\w-]+$/.test(text)) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
