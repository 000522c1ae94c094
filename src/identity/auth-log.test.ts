import { pino } from 'pino'
import { expect, test } from 'vitest'
import { authLogger } from './auth-log.ts'

function logged(...message: Parameters<NonNullable<ReturnType<typeof authLogger>['log']>>): string {
  const lines: string[] = []
  authLogger(pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })).log?.(...message)
  return lines.join('')
}

test('addresses in a message are masked', () => {
  const line = logged('error', 'Sign-up attempt for existing email: ada@example.com')
  expect(line).toContain('auth: Sign-up attempt for existing email: [address]')
  expect(line).not.toContain('ada')
})

test('of what stands beside a message, only errors stay', () => {
  const line = logged('error', 'failed', { token: 'planted' }, new Error('the reason'))
  expect(line).toContain('the reason')
  expect(line).not.toContain('planted')
})

test('a wrong password is not a warning to an operator', () => {
  expect(logged('warn', 'Invalid password')).toContain('"level":20')
})
