// What people did is mailed to those who said yes to it: once each, whatever fails in between.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readBusinessNow } from '#src/db/business-now.ts'
import { interactionMails, interactionRecipients, interactions } from '#src/db/schema/index.ts'
import { recordInteraction } from '#src/features/engagement/index.ts'
import { listInteractions } from '#src/features/engagement/interactions/list-interactions.ts'
import { addRecipient, listRecipients, removeRecipientByEmail } from '#src/features/engagement/recipients/recipients.ts'
import { eventually, mailsTo, startBench } from './bench.ts'
import type { Bench } from './bench.ts'

const monthMs = 31 * 86_400_000

let bench: Bench
let refuses: (to: string) => boolean
let tag: string

beforeAll(async () => {
  bench = await startBench((attempt) => {
    const to = bench.smtp.attempts[attempt - 1]?.to ?? ''
    return refuses(to) ? { code: 451, text: 'Not just now' } : 'accept'
  })
})
beforeEach(async () => {
  refuses = () => false
  tag = crypto.randomUUID().slice(0, 8)
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
/** An address of this test alone: mails of the one before may still be on their way. */
const at = (name: string): string => `${name}-${tag}@example.com`
const told = (): string[] =>
  bench.smtp.mails
    .filter(({ subject }) => subject?.startsWith('Somebody'))
    .map((mail) => (Array.isArray(mail.to) ? '' : (mail.to?.text ?? '')))
    .filter((to) => to.includes(tag))
    .toSorted()

test('each confirmed recipient gets one mail with the deep link, from however many processes at once', async () => {
  await bench.addConfirmed(at('ada'))
  await bench.addConfirmed(at('ben'))
  const id = await record()
  await Promise.all([bench.run(), bench.run(), bench.run()])
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifiedAt).not.toBeNull()
  })
  expect(told()).toEqual([at('ada'), at('ben')])
  const [mail] = bench.smtp.mails
  expect(mail?.subject).toBe('Somebody joined the waitlist: Lector')
  expect(mail?.text).toContain(`https://market.example/operator/interactions/${id}`)
  // It would stay in a mailbox after the person's account is gone.
  expect(mail?.text).not.toContain('grace@example.com')
  await bench.run()
  expect(await bench.deps.db.$count(interactionMails)).toBe(2)
})

test('a server that fails is tried again, the failure is told, and then each mail goes out once', async () => {
  await bench.addConfirmed(at('ada'))
  await bench.addConfirmed(at('ben'))
  let isDown = true
  refuses = (to) => isDown && to === at('ben')
  const id = await record()
  await bench.run()
  await eventually(async () => {
    await bench.run()
    expect(await read(id)).toMatchObject({ notifiedAt: null, notifyError: expect.stringContaining('Not just now') })
    expect(told()).toEqual([at('ada')])
  })
  isDown = false
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifiedAt).not.toBeNull()
  })
  const row = await read(id)
  expect(row?.notifyError).toBeNull()
  expect(row?.notifyAttempts).toBeGreaterThan(1)
  expect(told()).toEqual([at('ada'), at('ben')])
})

test('a run that breaks off in the middle leaves nothing behind, and the next one does it whole', async () => {
  await bench.addConfirmed(at('kim'))
  await bench.addConfirmed(at('lou'))
  await record()
  const { deps } = bench
  let queued = 0
  const enqueue: typeof deps.mail.enqueue = async (...mail) => {
    if (queued++ > 0) throw new Error('the database went away')
    await deps.mail.enqueue(...mail)
  }
  await expect(bench.run({ ...deps, mail: { ...deps.mail, enqueue } })).rejects.toThrow('went away')
  const counts = async () =>
    (await Promise.all(['kim', 'lou'].map((name) => mailsTo(deps, at(name))))).map(({ length }) => length)
  expect(await counts()).toEqual([0, 0])
  await bench.run()
  await bench.run()
  expect(await counts()).toEqual([1, 1])
})

test('without a recipient it stays unnotified, and nothing is done about it', async () => {
  const id = await record()
  await bench.run()
  expect(await read(id)).toMatchObject({ notifiedAt: null, notifyError: null, notifyAttempts: 0 })
  // Whoever comes later hears of what comes later.
  await bench.addConfirmed(at('ada'))
  await bench.run()
  expect(await bench.deps.db.$count(interactionMails)).toBe(0)
})

test('a recipient is asked once, and gets nothing else before saying yes', async () => {
  const { db } = bench.deps
  expect(await addRecipient(db, { email: at('zoe') })).toBe('added')
  await record()
  await Promise.all([bench.run(), bench.run()])
  await bench.run()
  const asked = await mailsTo(bench.deps, at('zoe'))
  expect(asked.map(({ text }) => /https:\/\/market\.example\/confirm\/mailbox\/\S+/.test(text))).toEqual([true])
  expect(await db.$count(interactionMails)).toBe(0)
  expect(await addRecipient(db, { email: at('zoe') })).toBe('asked_again')
  await bench.run()
  expect(await mailsTo(bench.deps, at('zoe'))).toHaveLength(2)
  expect(await listRecipients(db)).toMatchObject([{ email: at('zoe'), confirmedAt: null }])
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
  await bench.addConfirmed(at('ada'))
  await bench.addConfirmed(at('ben'))
  const id = await record()
  await bench.run()
  const [ada] = await bench.deps.db
    .select()
    .from(interactionRecipients)
    .where(eq(interactionRecipients.email, at('ada')))
  await bench.deps.db
    .update(interactionMails)
    .set({ sentAt: new Date(), attempts: 1 })
    .where(eq(interactionMails.recipientId, ada?.id ?? ''))
  expect((await read(id))?.notifiedAt).toBeNull()
  expect(await removeRecipientByEmail(bench.deps.db, at('ben'))).toBe('removed')
  expect(await read(id)).toMatchObject({ notifiedAt: expect.any(Date), notifyError: null })
  expect(await removeRecipientByEmail(bench.deps.db, at('ben'))).toBe('none')
})

test('pnpm operator:recipients puts addresses on the list and takes them off', async () => {
  const script = join(import.meta.dirname, '../../../scripts/operator/recipients.ts')
  const env = { PATH: process.env['PATH'], DATABASE_URL: bench.databaseUrl }
  const run = async (...words: readonly string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [script, ...words], { env })).stderr
  await bench.addConfirmed(at('kim'))
  const [added, removed] = await Promise.all([
    run('add', at('Ada').toUpperCase()),
    run('remove', at('kim')),
    expect(run('add', 'nobody')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Try: ') }),
  ])
  expect(added).toContain(`✓ ${at('ada')} is asked by mail`)
  expect(removed).toContain(`✓ ${at('kim')} gets no more mails`)
  expect((await listRecipients(bench.deps.db)).map(({ email }) => email)).toEqual([at('ada')])
})

test('in a sandbox whose clock was advanced, acts stand where they happened on it, and are mailed all the same', async () => {
  await bench.addConfirmed(at('ada'))
  await bench.deps.pool.query(`UPDATE installation SET environment = 'sandbox', clock_offset_ms = $1`, [monthMs])
  const id = await record()
  const [shown] = (await listInteractions(bench.deps, { limit: 1 })).items
  const now = Date.parse(await readBusinessNow(bench.deps.db))
  expect(now - Date.now()).toBeGreaterThan(monthMs - 60_000)
  expect(now - Date.parse(shown?.occurredAt ?? '')).toBeLessThan(60_000)
  await eventually(async () => {
    await bench.run()
    expect((await read(id))?.notifiedAt).not.toBeNull()
  })
  expect(told()).toEqual([at('ada')])
})
