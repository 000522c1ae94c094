import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOutbox } from './outbox.ts'

const message = { to: 'ada@example.com', subject: 'Hello', template: 'sample', text: 'text', html: '<p>html</p>' }
const envelope = { from: 'Rialto <no-reply@example.com>', messageId: '<1@example.com>' }

let parent: string
let folder: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'rialto-outbox-'))
  folder = join(parent, 'mail')
})
afterEach(() => rm(parent, { recursive: true, force: true }))

test('is empty before the first mail', async () => {
  expect(await createOutbox({ folder }).list()).toEqual([])
})

test('keeps mails past a restart, newest first', async () => {
  await createOutbox({ folder }).deliver(message, envelope)
  await new Promise((resolve) => setTimeout(resolve, 2))
  await createOutbox({ folder }).deliver({ ...message, subject: 'Second' }, envelope)

  const mails = await createOutbox({ folder }).list()
  expect(mails.map(({ subject }) => subject)).toEqual(['Second', 'Hello'])
  expect(await createOutbox({ folder }).find(mails[1]?.id ?? '')).toMatchObject({ ...message, ...envelope })
})

test('removes the oldest past its limit', async () => {
  const outbox = createOutbox({ folder, mailsMax: 3 })
  for (let count = 0; count < 5; count += 1) await outbox.deliver(message, envelope)
  expect(await readdir(folder)).toHaveLength(3)
})

test('is readable by its owner only, for its links open accounts', async () => {
  await createOutbox({ folder }).deliver(message, envelope)
  const [name = ''] = await readdir(folder)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
})

test.each(['../secret', '..', 'x', '', '1700000000000-0123abcd/../../x'])('%j is no mail', async (id) => {
  expect(await createOutbox({ folder }).find(id)).toBeUndefined()
})
