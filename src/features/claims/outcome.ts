import type { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'

/** What came of what somebody pressed on a page. */
export type ClaimOutcome =
  | { readonly kind: 'done' }
  /** By field: what is wrong with it, such as "must not be empty". */
  | { readonly kind: 'invalid'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'missing' }
  /** Why it can't be done, where there is something to say. */
  | { readonly kind: 'refused'; readonly detail: string | undefined }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

/** As attempt, with what was typed read first. */
export async function parsed<T>(
  { schema, typed }: { readonly schema: z.ZodType<T>; readonly typed: unknown },
  verb: (input: T) => Promise<unknown>,
): Promise<ClaimOutcome> {
  const result = schema.safeParse(typed)
  if (result.success) return attempt(() => verb(result.data))
  // The first of each field stays.
  const errors = result.error.issues.map(({ path, message }) => [path.join('.'), message] as const).toReversed()
  return { kind: 'invalid', errors: Object.fromEntries(errors) }
}

/** A verb's expected failures as data. */
export async function attempt(verb: () => Promise<unknown>): Promise<ClaimOutcome> {
  try {
    await verb()
    return { kind: 'done' }
  } catch (error) {
    if (error instanceof AppError) return failureOf(error)
    throw error
  }
}

function failureOf(error: AppError): ClaimOutcome {
  const { detail, retryAfterSeconds } = error.details
  switch (error.code) {
    case 'not_found':
      return { kind: 'missing' }
    case 'conflict':
    case 'forbidden':
      return { kind: 'refused', detail: typeof detail === 'string' ? detail : undefined }
    case 'rate_limited':
      return { kind: 'rate_limited', retryAfterSeconds: Number(retryAfterSeconds) }
    default:
      throw error
  }
}
