import { z } from 'zod'
import type { PasswordProblem, PasswordRule } from '../password-rules.ts'

export type EmailProblem = 'missing' | 'malformed'
export type NameProblem = 'missing' | 'too_long' | 'unprintable'

/** What is wrong with a form, field by field. Pages turn the codes into words. */
export interface FieldProblems {
  readonly name?: NameProblem
  readonly email?: EmailProblem
  readonly password?: PasswordProblem
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: FieldProblems }

// RFC 5321 §4.5.3.1.3: a path is at most 256 octets, of which two are its angle brackets.
const emailLengthMax = 254
const nameLengthMax = 100

const emailSyntax = z.email()

/** In lower case: mailboxes that differ by case only are one account. */
export function parseEmail(text: string): { readonly value: string; readonly problem?: EmailProblem } {
  const value = text.trim().toLowerCase()
  if (value === '') return { value, problem: 'missing' }
  return value.length <= emailLengthMax && emailSyntax.safeParse(value).success
    ? { value }
    : { value, problem: 'malformed' }
}

// Controls (NUL, which PostgreSQL refuses, and line breaks), and overrides that make a name read as another one.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

export function parseName(text: string): { readonly value: string; readonly problem?: NameProblem } {
  const value = text.normalize('NFC').trim()
  if (value === '') return { value, problem: 'missing' }
  if ([...value].length > nameLengthMax) return { value, problem: 'too_long' }
  return unprintable.test(value) ? { value, problem: 'unprintable' } : { value }
}

export interface SignUpForm {
  readonly name: string
  readonly email: string
  readonly password: string
}

export function parseSignUp(form: SignUpForm, passwordRule: PasswordRule): Parsed<SignUpForm> {
  const name = parseName(form.name)
  const email = parseEmail(form.email)
  const password = passwordRule(form.password, { email: email.value, name: name.value })
  if (name.problem === undefined && email.problem === undefined && password === undefined) {
    return { ok: true, value: { name: name.value, email: email.value, password: form.password } }
  }
  return {
    ok: false,
    problems: {
      ...(name.problem && { name: name.problem }),
      ...(email.problem && { email: email.problem }),
      ...(password && { password }),
    },
  }
}
