import type { PasskeyOptions } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'

/**
 * A passkey opens an account without password and without a second step, so it has to prove its person each time, by finger,
 * face or PIN (WebAuthn §6.1, the UV flag), and has to be found without an address being typed. The plugin only prefers both.
 */
export const passkeyRules = {
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  registration: {
    afterVerification: async ({ verification }) => {
      if (verification.registrationInfo?.userVerified !== true) throw unproven()
    },
  },
  authentication: {
    afterVerification: async ({ verification }) => {
      if (!verification.authenticationInfo.userVerified) throw unproven()
    },
  },
} satisfies PasskeyOptions

const unproven = (): APIError =>
  new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'No proof of a person' })
