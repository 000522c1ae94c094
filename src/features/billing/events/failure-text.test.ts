import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { AppError } from '#src/lib/errors.ts'
import { failureText } from './failure-text.ts'

test.each<[string, unknown, string]>([
  [
    'an expected failure',
    new AppError('conflict', { detail: 'Somebody else is at it.' }),
    'conflict: Somebody else is at it.',
  ],
  ['one without details', new AppError('unavailable'), 'unavailable'],
  [
    'one of Stripe’s',
    new Stripe.errors.StripeInvalidRequestError({
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'No such price',
    } as never),
    'StripeInvalidRequestError resource_missing No such price',
  ],
  [
    'a query, without what was passed to it',
    new Error(`Failed query: insert into "user" params: ada@example.com`, { cause: new Error('deadlock detected') }),
    'A query failed: deadlock detected',
  ],
  ['something that is no error', 'sk_live_abc', 'Something else than an error was thrown'],
  ['an error without words', new TypeError(''), 'TypeError'],
])('tells of %s', (_, error, text) => {
  expect(failureText(error)).toBe(text)
})

test.each([
  ['sk_live_51Habc', 'key sk_live_51Habc is wrong'],
  ['rk_test_51Habc', 'Invalid API Key provided: rk_test_51Habc'],
  ['whsec_abc+/=', 'secret whsec_abc+/= has expired'],
  ['s3cret', 'connect postgres://rialto:s3cret@db.internal:5432/rialto'],
  ['eyJhbGciOi', 'Authorization: Bearer eyJhbGciOi.abc'],
  ['ada@example.com', 'Key (email)=(ada@example.com) already exists'],
])('never tells %s', (secret, message) => {
  const text = failureText(new Error('Outer', { cause: new Error(message) }))
  expect(text).not.toContain(secret)
  expect(text).toMatch(/^Outer: /)
})

test('has an end, and fits into the database', () => {
  const long = failureText(new Error(`${'\u0000'}${'\ud83d\ude00'.repeat(2_000)}`))
  expect(long.length).toBeLessThanOrEqual(2_000)
  expect(long).not.toContain('\u0000')
  expect(long.isWellFormed()).toBe(true)
})
