import { expect, test } from 'vitest'
import { meets, reachedAcr, statedAcr } from './acr.ts'

const [pwd, otp, passkey] = [['pwd'], ['pwd', 'otp', 'mfa'], ['pop', 'user', 'mfa']]
const [mfaAcr, pwdAcr] = ['urn:rialto:acr:mfa', 'urn:rialto:acr:pwd'] as const

test('a passkey is more than a code, and a code more than a password', () => {
  expect([pwd, otp, passkey, []].map(reachedAcr)).toEqual([pwdAcr, mfaAcr, 'phr', undefined])
  expect([pwd, otp, passkey, []].map((methods) => meets(methods, mfaAcr))).toEqual([false, true, true, false])
  expect([pwd, otp, passkey].map((methods) => meets(methods, 'phr'))).toEqual([false, false, true])
  expect([pwd, otp, passkey].map((methods) => meets(methods, pwdAcr))).toEqual([true, true, true])
})

test('what was asked for is said, by preference, as far as it is true', () => {
  expect(statedAcr(passkey, [mfaAcr])).toBe(mfaAcr)
  expect(statedAcr(otp, ['phr', mfaAcr, pwdAcr])).toBe(mfaAcr)
  expect(statedAcr(pwd, ['phr', mfaAcr])).toBe(pwdAcr)
  expect(statedAcr(passkey, ['0', 'something else'])).toBe('phr')
})
