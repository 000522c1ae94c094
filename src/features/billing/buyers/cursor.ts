import { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'

/** The last of a page: what follows is older. */
export interface Place {
  readonly at: Date
  readonly id: string
}

const placeSchema = z.tuple([z.iso.datetime(), z.uuid()])

export const encodeCursor = ({ at, id }: Place): string =>
  Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url')

/** Throws `invalid_request` for anything else. */
export function decodeCursor(text: string): Place {
  const parsed = placeSchema.safeParse(parseJson(text))
  if (!parsed.success || parsed.data[0].startsWith('0000')) {
    const message = 'is not a cursor of this list; leave it out to begin at the start'
    throw new AppError('invalid_request', { errors: [{ in: 'query', path: 'cursor', message }] })
  }
  return { at: new Date(parsed.data[0]), id: parsed.data[1] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
