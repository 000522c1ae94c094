import { describe, expect, it } from 'vitest'
import { isDatabaseUnavailable, isStatementTimeout } from './errors.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })

describe('database errors', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53300'])('%s means: not now', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true)
    expect(isDatabaseUnavailable(new Error('query failed', { cause: withCode(code) }))).toBe(true)
  })

  it.each(['23505', '42P01', '28P01', '22021'])('%s is not an outage', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(false)
  })

  it('sees through pg’s own messages and Node’s aggregate of failed addresses', () => {
    expect(isDatabaseUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true)
    expect(isDatabaseUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true)
    expect(isDatabaseUnavailable(new AggregateError([withCode('ECONNREFUSED')]))).toBe(true)
  })

  it('tells a statement that took too long from an outage', () => {
    expect(isStatementTimeout(new Error('q', { cause: withCode('57014') }))).toBe(true)
    expect(isStatementTimeout(new Error('q', { cause: new Error('Query read timeout') }))).toBe(true)
    expect(isStatementTimeout(withCode('57P01'))).toBe(false)
  })
})
