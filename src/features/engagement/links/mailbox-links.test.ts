import { SignJWT } from 'jose'
import { afterEach, expect, it, vi } from 'vitest'
import { linkDays, mailboxUrl, readMailboxLink } from './mailbox-links.ts'

const secret = 'a secret of this test, and long enough'
const issuer = { baseUrl: 'https://market.example' }
const subject = { kind: 'waitlist', id: '0b7c9a52-6c1e-4f4e-9a3b-5d8e2f1a7c64' } as const

afterEach(() => void vi.useRealTimers())

const token = async (madeWith = secret): Promise<string> =>
  (await mailboxUrl({ ...issuer, secret: madeWith }, subject)).split('/').at(-1) ?? ''

it('leads to what it was made for', async () => {
  expect(await readMailboxLink(secret, await token())).toEqual({ state: 'open', subject })
})

it('is good for seven days', async () => {
  const link = await token()
  const at = (days: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 })
  at(linkDays - 0.01)
  expect(await readMailboxLink(secret, link)).toMatchObject({ state: 'open' })
  at(0.02)
  expect(await readMailboxLink(secret, link)).toEqual({ state: 'expired' })
})

it.each([
  ['cut off', async () => (await token()).slice(0, -2)],
  ['of another marketplace', () => token('another')],
  [
    'signed for another purpose',
    () =>
      new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience('waitlist')
        .setSubject(subject.id)
        .setExpirationTime('1 day')
        .sign(new TextEncoder().encode(secret)),
  ],
  ['endless', async () => 'x'.repeat(10_000)],
  ['empty', async () => ''],
])('is nothing where it is %s', async (_, made) => {
  expect(await readMailboxLink(secret, await made())).toEqual({ state: 'unknown' })
})
