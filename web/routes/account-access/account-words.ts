import type { FieldProblems } from '#src/identity/index.ts'
import type { FieldError } from '../../ui/field.tsx'

type Words<Problem extends string | undefined> = Readonly<Record<NonNullable<Problem>, FieldError>>

export const nameErrors: Words<FieldProblems['name']> = {
  missing: { message: 'Your name is missing.', remedy: 'Any name you want to be called by will do.' },
  too_long: { message: 'The name is too long.', remedy: 'Use at most 100 characters.' },
  unprintable: { message: 'The name has characters that can’t be shown.', remedy: 'Type it instead of pasting it.' },
}

export const emailErrors: Words<FieldProblems['email']> = {
  missing: { message: 'The e-mail address is missing.', remedy: 'Enter the one you read mail at.' },
  malformed: { message: 'This is not a complete e-mail address.', remedy: 'It looks like name@example.com.' },
}

export const passwordErrors: Words<FieldProblems['password']> = {
  missing: { message: 'The password is missing.', remedy: 'Choose one with at least 10 characters.' },
  too_short: { message: 'The password is too short.', remedy: 'Use at least 10 characters; a few words are fine.' },
  too_long: { message: 'The password is too long.', remedy: 'Use at most 128 characters.' },
  common: { message: 'Too many people use this password.', remedy: 'Choose one that is only yours.' },
  breached: {
    message: 'This password is in a public list of leaked ones.',
    remedy: 'Choose another; if you use it elsewhere, change it there, too.',
  },
  personal: {
    message: 'The password is too close to your name, your address or ours.',
    remedy: 'Use words that nobody connects with you.',
  },
}

/** "12 minutes", rounded up, for people. */
export function waitText(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}
