import { expect, test } from 'vitest'
import { parsePidFile } from './pid-file.ts'

const whole = '11357\n/proc/self/cwd\n1795361565\n54999\n\n127.0.0.1\n 10043463         5\nready   \n'

test('a whole pid file gives process, port and state', () => {
  expect(parsePidFile(whole)).toEqual({ pid: 11_357, port: 54_999, status: 'ready' })
})

test('a pid file that is still being written gives process and port, and no state', () => {
  expect(parsePidFile(whole.split('\n').slice(0, 5).join('\n'))).toEqual({ pid: 11_357, port: 54_999, status: '' })
})

test.each(['', 'garbage', '0\n\n\n5432\n', '-7\n\n\n5432\n', '11357\n/data\n1795361565\n', '7\n\n\n99999999\n'])(
  'what names no process or no port (%j) is not taken for one',
  (text) => {
    expect(parsePidFile(text)).toBeUndefined()
  },
)
