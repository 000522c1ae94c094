// Where a page begins or ends, as an opaque text that only fits the query it came from.
import { z } from '@hono/zod-openapi'
import { createHash } from 'node:crypto'
import { AppError } from '#src/lib/errors.ts'
import type { AgentFilters, AgentSort } from '../schema.ts'

/** A name of 200 four-byte characters, encoded twice, and the rest. */
export const cursorCharactersMax = 2400

/** What PostgreSQL would refuse must not reach it: whoever forges a cursor is told so, and gets no error of ours. */
const isDouble = (text: string): boolean => Number.isFinite(Number(text)) && (Number(text) !== 0 || /^-?0$/.test(text))

const keys = {
  number: z
    .string()
    .max(40)
    .regex(/^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/)
    .refine(isDouble),
  time: z.iso.datetime().refine((text) => !text.startsWith('0000')),
  name: z
    .string()
    .max(200)
    .refine((text) => text.isWellFormed() && !text.includes('\0')),
}

const positionOf = (key: z.ZodType<string>) => z.strictObject({ key, agentId: z.uuid() })
const cut = z.strictObject({ inHead: positionOf(keys.number).nullable(), anywhere: positionOf(keys.number).nullable() })

const places = {
  ranked: z.strictObject({ stage: z.literal('ranked'), score: z.number(), agentId: z.uuid(), cut }),
  rest: z.strictObject({ stage: z.literal('rest'), position: positionOf(keys.number), cut }),
  number: z.strictObject({ stage: z.literal('list'), position: positionOf(keys.number) }),
  time: z.strictObject({ stage: z.literal('list'), position: positionOf(keys.time) }),
  name: z.strictObject({ stage: z.literal('list'), position: positionOf(keys.name) }),
}

type ListPlace = z.infer<typeof places.number>
export type RelevancePlace = z.infer<typeof places.ranked> | z.infer<typeof places.rest>
export type Place = ListPlace | RelevancePlace

export interface Cursor {
  readonly direction: 'after' | 'before'
  readonly place: Place
}

export interface CursorScope {
  readonly q: string
  readonly filters: AgentFilters
  readonly sort: AgentSort
  readonly isExact: boolean
}

const envelope = z.strictObject({ of: z.string(), direction: z.enum(['after', 'before']), place: z.unknown() })

const placeSchema = ({ sort, q }: CursorScope): z.ZodType<Place> => {
  switch (sort) {
    case 'name':
      return places.name
    case 'newest':
    case 'updated':
      return places.time
    case 'popular':
    case 'top-rated':
      return places.number
    case 'relevance':
      return q === '' ? places.number : z.union([places.ranked, places.rest, places.number])
  }
}

export const encodeCursor = (scope: CursorScope, cursor: Cursor): string =>
  Buffer.from(JSON.stringify({ of: fingerprint(scope), ...cursor })).toString('base64url')

/** Throws `AppError('invalid_request')` for anything but a cursor of this very query. */
export function decodeCursor(scope: CursorScope, text: string): Cursor {
  const parsed = envelope.safeParse(parseJson(text))
  if (!parsed.success || parsed.data.of !== fingerprint(scope)) throw invalidCursor()
  const place = placeSchema(scope).safeParse(parsed.data.place)
  if (!place.success) throw invalidCursor()
  return { direction: parsed.data.direction, place: place.data }
}

export const invalidCursor = (): AppError =>
  new AppError('invalid_request', {
    errors: [
      { in: 'query', path: 'cursor', message: 'is not a cursor of this list; leave it out to begin at the start' },
    ],
  })

function parseJson(text: string): unknown {
  if (text.length > cursorCharactersMax || !/^[\w-]+$/.test(text)) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

const fingerprint = ({ q, filters, sort, isExact }: CursorScope): string =>
  createHash('sha256')
    .update(JSON.stringify([q, canonical(filters), sort, isExact]))
    .digest('base64url')
    .slice(0, 10)

/** The order in which values were chosen makes no other query. */
const canonical = ({ tags = [], prices = [], hasTrial, isVerified, statuses = [] }: AgentFilters): unknown[] => [
  tags.toSorted(),
  prices.toSorted(),
  hasTrial === true,
  isVerified === true,
  statuses.toSorted(),
]
