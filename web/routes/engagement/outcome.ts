import { data } from 'react-router'
import { rateLimited } from '../account-access/account-request.ts'

type Outcome =
  | { readonly kind: 'done' | 'missing' | 'refused' }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

/** What a page answers when it didn't work, with the status that says so to programs; 404 has a page of its own. */
export function shownFailure(outcome: Exclude<Outcome, { kind: 'done' }>) {
  if (outcome.kind === 'missing') throw data(null, { status: 404 })
  return outcome.kind === 'rate_limited'
    ? rateLimited(outcome.retryAfterSeconds, { kind: outcome.kind })
    : data({ kind: outcome.kind, waitSeconds: undefined }, { status: 409 })
}

/** As shownFailure, for what has no page to say it on. */
export function thrownFailure(outcome: Exclude<Outcome, { kind: 'done' }>): never {
  if (outcome.kind === 'rate_limited') {
    throw data(null, { status: 429, headers: { 'retry-after': String(outcome.retryAfterSeconds) } })
  }
  throw data(null, { status: outcome.kind === 'missing' ? 404 : 409 })
}
