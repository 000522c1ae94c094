import { network } from './context.ts'
import type { AccountContext, Caller, Cookies, RateLimited } from './context.ts'
import { readVerificationLink } from './verification-link.ts'
import { findViewer } from './viewer.ts'

export type VerifyEmailResult =
  | { readonly kind: 'verified'; readonly email: string; readonly cookies: Cookies }
  | { readonly kind: 'already_verified'; readonly email: string }
  /** Opened by a browser that is not signed in to this account: a press of a button confirms. */
  | { readonly kind: 'needs_confirmation'; readonly email: string }
  | { readonly kind: 'link_expired' }
  | { readonly kind: 'link_unknown' }
  | RateLimited

interface VerifyEmail {
  readonly caller: Caller
  readonly token: string
  /** A person pressed the button, so it is no program that opens every link of a mail. */
  readonly isConfirmed: boolean
}

/**
 * Confirms the address of an account. Mail scanners open links: if opening were enough, a stranger who signs up with an
 * address whose mail is scanned would have it confirmed. So opening confirms only in a browser that is signed in to the
 * account; elsewhere it takes a press of the button.
 */
export async function verifyEmail(
  context: AccountContext,
  { caller, token, isConfirmed }: VerifyEmail,
): Promise<VerifyEmailResult> {
  const retryAfterSeconds = await context.auth.limits.take({ 'link:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }

  const link = await readVerificationLink(context.auth, token)
  if (link.kind === 'expired') return { kind: 'link_expired' }
  if (link.kind === 'unknown') return { kind: 'link_unknown' }
  if (link.isVerified) return { kind: 'already_verified', email: link.email }

  const { viewer } = await findViewer(context, { caller, mustBeFresh: true })
  const isOwner = viewer?.id === link.userId
  if (!isConfirmed && (!isOwner || isPrefetch(caller.headers))) return { kind: 'needs_confirmation', email: link.email }

  await context.auth.server.api.verifyEmail({ query: { token } })
  // The session's signed copy still says unconfirmed.
  const { cookies } = await findViewer(context, { caller, mustBeFresh: true })
  return { kind: 'verified', email: link.email, cookies }
}

/** A browser that loads a page before anybody asked for it says so. */
const isPrefetch = (headers: Headers): boolean => headers.get('sec-purpose')?.includes('prefetch') ?? false
