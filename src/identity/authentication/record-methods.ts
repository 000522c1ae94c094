import type { GenericEndpointContext } from 'better-auth'

/**
 * What each way to a session proves (RFC 8176 §2). A browser that is trusted to skip the second step proves the password alone.
 * `pop` instead of `hwk` or `swk`: without attestation nobody knows what keeps a passkey's key. `user`: its owner was there, by
 * finger, face or PIN (passkey-rules.ts), which makes it two factors at once.
 */
const methodsByPath: Readonly<Record<string, readonly string[]>> = {
  '/sign-in/email': ['pwd'],
  '/two-factor/verify-totp': ['pwd', 'otp', 'mfa'],
  '/two-factor/verify-backup-code': ['pwd', 'otp', 'mfa'],
  '/passkey/verify-authentication': ['pop', 'user', 'mfa'],
  // These replace a session after the password was given again.
  '/change-password': ['pwd'],
  '/two-factor/disable': ['pwd'],
}

/** Before a session is written. One that begins in any other way, such as an operator's look at an account, proves nothing. */
export async function recordMethods<Session extends object>(
  session: Session,
  endpoint: GenericEndpointContext | null,
): Promise<{ data: Session & { amr: readonly string[] | null } }> {
  const path = endpoint?.path ?? ''
  return { data: { ...session, amr: (Object.hasOwn(methodsByPath, path) ? methodsByPath[path] : undefined) ?? null } }
}
