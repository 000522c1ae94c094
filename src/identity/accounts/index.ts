import type { AccountContext, Caller, Cookies } from './context.ts'
import type { SignUpForm } from './input.ts'
import { requestPasswordReset } from './request-password-reset.ts'
import { requestVerification } from './request-verification.ts'
import type { RequestMailResult } from './request-verification.ts'
import { readResetLink, resetPassword } from './reset-password.ts'
import type { ResetLinkResult, ResetPasswordResult } from './reset-password.ts'
import { beginPasskeySignIn, signInWithPasskey } from './passkey.ts'
import type { PasskeySignInOptions, PasskeySignInResult } from './passkey.ts'
import { passSecondFactor } from './second-factor.ts'
import type { SecondFactorForm, SecondFactorResult } from './second-factor.ts'
import { signIn } from './sign-in.ts'
import type { SignInForm, SignInResult } from './sign-in.ts'
import { signOut } from './sign-out.ts'
import { signUp } from './sign-up.ts'
import type { SignUpResult } from './sign-up.ts'
import { verifyEmail } from './verify-email.ts'
import type { VerifyEmailResult } from './verify-email.ts'
import { findViewer } from './viewer.ts'
import type { ViewerAnswer } from './viewer.ts'

/**
 * What the pages can do with accounts. Expected outcomes are results, never exceptions; answers to sign-up, verification
 * and reset requests look and last the same whether or not an account exists.
 */
export interface AccountServices {
  viewer(caller: Caller, options: { readonly mustBeFresh: boolean }): Promise<ViewerAnswer>
  signUp(caller: Caller, form: SignUpForm): Promise<SignUpResult>
  signIn(caller: Caller, form: SignInForm): Promise<SignInResult>
  passSecondFactor(caller: Caller, form: SecondFactorForm): Promise<SecondFactorResult>
  beginPasskeySignIn(caller: Caller): Promise<PasskeySignInOptions>
  /** `credential`: what the browser made of the options, as JSON. */
  signInWithPasskey(caller: Caller, credential: string): Promise<PasskeySignInResult>
  signOut(caller: Caller): Promise<Cookies>
  requestVerification(caller: Caller, email: string): Promise<RequestMailResult>
  verifyEmail(
    caller: Caller,
    link: { readonly token: string; readonly isConfirmed: boolean },
  ): Promise<VerifyEmailResult>
  requestPasswordReset(caller: Caller, email: string): Promise<RequestMailResult>
  readResetLink(caller: Caller, token: string): Promise<ResetLinkResult>
  resetPassword(
    caller: Caller,
    change: { readonly token: string; readonly password: string },
  ): Promise<ResetPasswordResult>
}

export function createAccountServices(context: AccountContext): AccountServices {
  return {
    viewer: (caller, { mustBeFresh }) => findViewer(context, { caller, mustBeFresh }),
    signUp: (caller, form) => signUp(context, { caller, form }),
    signIn: (caller, form) => signIn(context, { caller, form }),
    passSecondFactor: (caller, form) => passSecondFactor(context, { caller, form }),
    beginPasskeySignIn: (caller) => beginPasskeySignIn(context, caller),
    signInWithPasskey: (caller, credential) => signInWithPasskey(context, { caller, credential }),
    signOut: (caller) => signOut(context, caller),
    requestVerification: (caller, email) => requestVerification(context, { caller, email }),
    verifyEmail: (caller, link) => verifyEmail(context, { caller, ...link }),
    requestPasswordReset: (caller, email) => requestPasswordReset(context, { caller, email }),
    readResetLink: (caller, token) => readResetLink(context, { caller, token }),
    resetPassword: (caller, change) => resetPassword(context, { caller, ...change }),
  }
}
