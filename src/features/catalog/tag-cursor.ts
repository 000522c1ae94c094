import { slugSchema } from './schema.ts'
import { invalidCursor } from './search/cursor.ts'

/** A place in the list of tags, as opaque as any cursor. */
export const encodeTagCursor = (slug: string): string => Buffer.from(`after:${slug}`).toString('base64url')

/** Throws `AppError('invalid_request')`. */
export function decodeTagCursor(text: string): string {
  const [, slug] = /^after:(.+)$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? []
  const parsed = slugSchema.safeParse(slug)
  if (!parsed.success) throw invalidCursor()
  return parsed.data
}
