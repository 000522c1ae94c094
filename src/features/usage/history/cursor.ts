import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { AppError } from '#src/lib/errors.ts'

/** What a cursor belongs to: a place in one list is none in another. */
export interface LedgerScope {
  readonly order: 'newest' | 'oldest'
  readonly subscriptionIds: readonly string[]
  readonly metric: string | undefined
  readonly type: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
}

const envelope = z.strictObject({ of: z.string(), seq: z.int().min(0) })

/** A place in the ledger as an opaque text. */
export const encodeCursor = (scope: LedgerScope, seq: number): string =>
  Buffer.from(JSON.stringify({ of: fingerprint(scope), seq })).toString('base64url')

/** Throws `invalid_request` for anything but a cursor of this very list. */
export function decodeCursor(scope: LedgerScope, text: string): number {
  const parsed = envelope.safeParse(parseJson(text))
  if (parsed.success && parsed.data.of === fingerprint(scope)) return parsed.data.seq
  const message = 'is not a cursor of this list; leave it out to begin at the start'
  throw new AppError('invalid_request', { errors: [{ in: 'query', path: 'cursor', message }] })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

const fingerprint = ({ order, subscriptionIds, metric, type, from, to }: LedgerScope): string =>
  createHash('sha256')
    // A person who subscribes again meanwhile reads on: the oldest subscription stays the same.
    .update(JSON.stringify([order, subscriptionIds.at(-1), metric, type, from, to]))
    .digest('base64url')
    .slice(0, 10)
