// What people did is mailed to those who said yes to it: once each, whatever fails in between.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { interactionMails, interactionRecipients, interactions } from '#src/db/schema/index.ts'
import {
  addRecipient,
  listRecipients,
  recordInteraction,
  removeRecipientByEmail,
} from '#src/features/engagement/index.ts'
import { eventually, mailsTo, startBench } from './bench.ts'
import type { Bench } from './bench.ts'

let bench: Bench
let refuses: (to: string) => boolean

beforeAll(async () => {
  bench = await startBench((attempt) => {
    const to = bench.smtp.attempts[attempt - 1]?.to ?? ''
    return refuses(to) ? { code: 451, text: 'Not just now' } : 'accept'
  })
})
beforeEach(async () => {
  refuses = () => false
  bench.smtp.mails.length = 0
  await bench.deps.db.delete(interactions)
  await bench.deps.db.delete(interactionRecipients)
})
afterAll(() => bench.stop())

const record = (): Promise<string> =>
  bench.deps.db.transaction((tx) =>
    recordInteraction(tx, { type: 'waitlist_joined', userEmail: 'grace@example.com', agentName: 'Lector' }),
  )
const read = async (id: string) => (await bench.deps.db.select().from(interactions).where(eq(interactions.id, id)))[0]
const toldAddresses = () =>
  bench.smtp.mails
    .filter(({ subject }) => subject?.startsWith('Somebody'))
    .map((mail) => (Array.isArray(mail.to) ? '' : (mail.to?.text ?? '')))
    .toSorted()

test('each confirmed recipient gets one mail with the deep link, from however many processes at once', async () => {
  await bench.addConfirmed('ada@example.com')
  await bench.addConfirmed('ben@example.com')
  const id = await record()
  await Promise.all([bench.run(), bench.run(), bench.run()])
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifiedAt).not.toBeNull()
  })
  expect(toldAddresses()).toEqual(['ada@example.com', 'ben@example.com'])
  const [mail] = bench.smtp.mails
  expect(mail?.subject).toBe('Somebody joined the waitlist: Lector')
  expect(mail?.text).toContain(`https://market.example/operator/interactions/${id}`)
  // It would stay in a mailbox after the person's account is gone.
  expect(mail?.text).not.toContain('grace@example.com')
  await bench.run()
  expect(await bench.deps.db.$count(interactionMails)).toBe(2)
})

test('a server that fails is tried again, the failure is told, and then each mail goes out once', async () => {
  await bench.addConfirmed('ada@example.com')
  await bench.addConfirmed('ben@example.com')
  let isDown = true
  refuses = (to) => isDown && to === 'ben@example.com'
  const id = await record()
  await bench.run()
  await eventually(async () => {
    await bench.run()
    expect(await read(id)).toMatchObject({ notifiedAt: null, notifyError: expect.stringContaining('Not just now') })
    expect(toldAddresses()).toEqual(['ada@example.com'])
  })
  isDown = false
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifiedAt).not.toBeNull()
  })
  const told = await read(id)
  expect(told?.notifyError).toBeNull()
  expect(told?.notifyAttempts).toBeGreaterThan(1)
  expect(toldAddresses()).toEqual(['ada@example.com', 'ben@example.com'])
})

test('without a recipient it stays unnotified, and nothing is done about it', async () => {
  const id = await record()
  await bench.run()
  expect(await read(id)).toMatchObject({ notifiedAt: null, notifyError: null, notifyAttempts: 0 })
  // Whoever comes later hears of what comes later.
  await bench.addConfirmed('ada@example.com')
  await bench.run()
  expect(await bench.deps.db.$count(interactionMails)).toBe(0)
})

test('a recipient is asked once, and gets nothing else before saying yes', async () => {
  const { db } = bench.deps
  expect(await addRecipient(db, 'zoe@example.com')).toBe('added')
  await record()
  await Promise.all([bench.run(), bench.run()])
  await bench.run()
  const asked = await mailsTo(bench.deps, 'zoe@example.com')
  expect(asked.map(({ text }) => /https:\/\/market\.example\/confirm\/mailbox\/\S+/.test(text))).toEqual([true])
  expect(await db.$count(interactionMails)).toBe(0)
  expect(await addRecipient(db, 'zoe@example.com')).toBe('asked_again')
  await bench.run()
  expect(await mailsTo(bench.deps, 'zoe@example.com')).toHaveLength(2)
  expect(await listRecipients(db)).toEqual([{ email: 'zoe@example.com', confirmedAt: null }])
})

test('an act that is undone records nothing', async () => {
  const undone = bench.deps.db.transaction(async (tx) => {
    await recordInteraction(tx, { type: 'installed' })
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect(await bench.deps.db.$count(interactions)).toBe(0)
})

test('what waits for nobody but a recipient who is removed counts as told to the others', async () => {
  await bench.addConfirmed('ada@example.com')
  await bench.addConfirmed('ben@example.com')
  refuses = (to) => to === 'ben@example.com'
  const id = await record()
  await bench.run()
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifyError).not.toBeNull()
    expect(toldAddresses()).toEqual(['ada@example.com'])
  })
  expect(await removeRecipientByEmail(bench.deps.db, 'ben@example.com')).toBe('removed')
  expect(await read(id)).toMatchObject({ notifiedAt: expect.any(Date), notifyError: null })
  expect(await removeRecipientByEmail(bench.deps.db, 'ben@example.com')).toBe('none')
})
