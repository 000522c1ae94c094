import type { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'
import { obstacles } from './rules/may-review.ts'
import type { Obstacle } from './rules/may-review.ts'

/** By field: what is wrong with it, such as "must be 1 to 5". */
export type FieldErrors = Readonly<Record<string, string>>

/** What came of what somebody did on a page. */
export type ReviewOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  | { readonly kind: 'refused'; readonly obstacle: Obstacle }
  /** It is not there, or not theirs. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

/** As attempt, with what was typed read first. */
export async function parsed<T>(
  { schema, typed }: { readonly schema: z.ZodType<T>; readonly typed: unknown },
  verb: (input: T) => Promise<unknown>,
): Promise<ReviewOutcome> {
  const result = schema.safeParse(typed)
  if (result.success) return attempt(() => verb(result.data))
  // The first of each field stays.
  const errors = result.error.issues.map(({ path, message }) => [path.join('.'), message] as const).toReversed()
  return { kind: 'invalid', errors: Object.fromEntries(errors) }
}

/** A verb's expected failures as data. */
export async function attempt(verb: () => Promise<unknown>): Promise<ReviewOutcome> {
  try {
    await verb()
    return { kind: 'done' }
  } catch (error) {
    if (error instanceof AppError) return failureOf(error)
    throw error
  }
}

function failureOf(error: AppError): ReviewOutcome {
  const { obstacle, retryAfterSeconds } = error.details
  if (error.code === 'rate_limited') return { kind: 'rate_limited', retryAfterSeconds: Number(retryAfterSeconds) }
  const known = obstacles.find((name) => name === obstacle)
  if (known !== undefined) return { kind: 'refused', obstacle: known }
  if (['not_found', 'forbidden', 'conflict'].includes(error.code)) return { kind: 'missing' }
  throw error
}
