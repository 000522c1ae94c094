import { isAPIError } from 'better-auth/api'
import { z } from 'zod'
import type { AuthServer } from '../auth.ts'
import { authHeaders, network } from './context.ts'
import type { AccountContext, Caller, Cookies, RateLimited } from './context.ts'

export interface PasskeyOptions {
  /** For `navigator.credentials`, as JSON (WebAuthn Level 3 §5.1.8, §5.1.9). */
  readonly options: object
  /** Remember the challenge. */
  readonly cookies: Cookies
}

export type PasskeySignInOptions = ({ readonly kind: 'begun' } & PasskeyOptions) | RateLimited

export type PasskeySignInResult =
  | { readonly kind: 'signed_in'; readonly cookies: Cookies }
  | { readonly kind: 'failed' | 'suspended' }
  | RateLimited

/** What the browser needs to sign in with a passkey; good for five minutes, says nothing about any account. */
export async function beginPasskeySignIn({ auth }: AccountContext, caller: Caller): Promise<PasskeySignInOptions> {
  const retryAfterSeconds = await auth.limits.take({ 'passkey:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const { headers, response } = await auth.server.api.generatePasskeyAuthenticationOptions({
    // Without the session: with one, its person's passkeys would be listed.
    headers: new Headers(),
    returnHeaders: true,
  })
  return { kind: 'begun', options: { ...response, userVerification: 'required' }, cookies: headers.getSetCookie() }
}

interface SignIn {
  readonly caller: Caller
  readonly credential: string
}

/** A passkey that proved its person (by finger, face or PIN) is both steps at once, so no code is asked for after it. */
export async function signInWithPasskey(
  { auth }: AccountContext,
  { caller, credential }: SignIn,
): Promise<PasskeySignInResult> {
  const retryAfterSeconds = await auth.limits.take({ 'passkey:network': [network(caller)] })
  if (retryAfterSeconds !== undefined) return { kind: 'rate_limited', retryAfterSeconds }
  const response = parseCredential(credential)
  if (response === undefined) return { kind: 'failed' }
  try {
    const { headers } = await auth.server.api.verifyPasskeyAuthentication({
      // The library checks each part of it before it uses it.
      body: { response: response as unknown as AuthenticationResponse },
      headers: authHeaders(caller),
      returnHeaders: true,
    })
    return { kind: 'signed_in', cookies: headers.getSetCookie() }
  } catch (error) {
    if (!isAPIError(error)) throw error
    return { kind: error.body?.code === 'BANNED_USER' ? 'suspended' : 'failed' }
  }
}

type AuthenticationResponse = NonNullable<
  Parameters<AuthServer['api']['verifyPasskeyAuthentication']>[0]
>['body']['response']

const credentialLengthMax = 20_000
const credentialShape = z.looseObject({ id: z.string().min(1).max(1_400), response: z.looseObject({}) })

/** What a browser's `credential.toJSON()` gave. Its content is checked by the library that verifies it. */
export function parseCredential(text: string): z.infer<typeof credentialShape> | undefined {
  if (text.length > credentialLengthMax) return undefined
  try {
    return credentialShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
