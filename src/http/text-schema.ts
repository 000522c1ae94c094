// Text that people type, as the database keeps it.
import { z } from '@hono/zod-openapi'

interface TextRule {
  readonly min?: number
  readonly max: number
  readonly isOneLine?: boolean
}

/** Trimmed, line breaks as one character; limits count characters as the database does, not UTF-16 units. */
export const text = ({ min = 0, max, isOneLine = false }: TextRule) =>
  z
    .string()
    .overwrite((value) => value.replaceAll('\r\n', '\n').trim())
    .refine((value) => value.isWellFormed() && !(isOneLine ? /\p{Cc}/u : /[^\P{Cc}\n\t]/u).test(value), {
      error: 'must not contain control characters or halves of characters',
    })
    .refine((value) => min === 0 || value !== '', { error: 'must not be empty' })
    .refine((value) => value.length <= max || Array.from(value).length <= max, {
      error: `must have at most ${max.toLocaleString('en')} characters`,
    })
    .openapi({ maxLength: max, ...(min > 0 && { minLength: min }) })
