import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { createBreachCheck } from './breached-passwords.ts'

// SHA-1 of "correct horse battery staple", split where the question ends.
const password = 'correct horse battery staple'
const prefix = 'ABF7A'
const suffix = 'AD6438836DBE526AA231ABDE2D0EEF74D42'

function setUp(answer: () => Promise<Response>) {
  const lines: string[] = []
  const asked = vi.fn(async (_url: string | URL | Request, _init?: RequestInit) => answer())
  let time = 0
  const check = createBreachCheck({
    fetch: asked,
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    now: () => time,
  })
  return { check, asked, lines, pass: (ms: number) => (time += ms) }
}

const listed = (count: number) => async () =>
  new Response(`0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n${suffix}:${count}\r\nFFF:0`)

test('a leaked password is found, and only five digits of its hash leave', async () => {
  const { check, asked } = setUp(listed(17))
  expect(await check(password)).toBe(true)
  const [url, init] = asked.mock.calls[0] ?? []
  expect(url).toBe(`https://api.pwnedpasswords.com/range/${prefix}`)
  expect(JSON.stringify(init)).not.toContain(suffix.slice(0, 6))
  expect(init?.body).toBeUndefined()
})

test('one that is not in the list, or only as padding, may be used', async () => {
  expect(await setUp(listed(0)).check(password)).toBe(false)
  expect(await setUp(listed(17)).check('another password')).toBe(false)
})

test.each([
  ['no network', () => Promise.reject(new TypeError('fetch failed'))],
  ['an error', async () => new Response('no', { status: 503 })],
  ['far too much', async () => new Response('x'.repeat(300_000))],
])(
  'with %s as answer the check is skipped, said once in the log, and not tried again for five minutes',
  async (_, answer) => {
    const { check, asked, lines, pass } = setUp(answer)
    expect(await check(password)).toBe(false)
    expect(await check(password)).toBe(false)
    expect(asked).toHaveBeenCalledTimes(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain(prefix)
    pass(5 * 60_000)
    await check(password)
    expect(asked).toHaveBeenCalledTimes(2)
  },
)

test('a list that does not answer is given up after a second', async () => {
  const { check, asked } = setUp(() => new Promise(() => undefined))
  void check(password)
  const signal = asked.mock.calls[0]?.[1]?.signal
  await vi.waitFor(() => expect(signal?.aborted).toBe(true), { timeout: 2_000 })
})
