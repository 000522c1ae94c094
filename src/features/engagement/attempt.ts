import type { z } from '@hono/zod-openapi'
import type { Auth } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

/** Counts one attempt. Throws `rate_limited`. */
export async function takeAttempt(
  { limits }: Pick<Auth, 'limits'>,
  attempt: Parameters<Auth['limits']['take']>[0],
): Promise<void> {
  const retryAfterSeconds = await limits.take(attempt)
  if (retryAfterSeconds !== undefined) throw new AppError('rate_limited', { retryAfterSeconds })
}

/** What came of what somebody pressed on a page. */
export type Outcome =
  | { readonly kind: 'done' }
  /** There is nothing like that, or it can't be done with it. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

/** A verb's expected failures as data. */
export async function attempt(verb: () => Promise<unknown>): Promise<Outcome> {
  try {
    await verb()
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'not_found') return { kind: 'missing' }
    if (error.code === 'conflict' || error.code === 'forbidden') return { kind: 'refused' }
    if (error.code !== 'rate_limited') throw error
    return { kind: 'rate_limited', retryAfterSeconds: Number(error.details['retryAfterSeconds']) }
  }
}

/** What came of a form on a page. */
export type FormOutcome =
  | Outcome
  /** By field: what is wrong with it, such as "must not be empty". */
  | { readonly kind: 'invalid'; readonly errors: Readonly<Record<string, string>> }

/** As attempt, with what was typed read first. */
export async function parsed<T>(
  { schema, typed }: { readonly schema: z.ZodType<T>; readonly typed: unknown },
  verb: (input: T) => Promise<unknown>,
): Promise<FormOutcome> {
  const result = schema.safeParse(typed)
  if (result.success) return attempt(() => verb(result.data))
  // The first of each field stays.
  const errors = result.error.issues.map(({ path, message }) => [path.join('.'), message] as const).toReversed()
  return { kind: 'invalid', errors: Object.fromEntries(errors) }
}
