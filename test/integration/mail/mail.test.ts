import { pino } from 'pino'
import type { PgBoss } from 'pg-boss'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createJobs } from '#src/integrations/jobs/index.ts'
import type { Jobs } from '#src/integrations/jobs/index.ts'
import { createMail, createSmtpTransport, verifyEmail } from '#src/integrations/mail/index.ts'
import type { Mail, MailMessage } from '#src/integrations/mail/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { startSmtpCatcher } from './smtp-catcher.ts'
import type { Reply, SmtpCatcher } from './smtp-catcher.ts'

const secret = 'very-secret-token'
const message: MailMessage = {
  ...verifyEmail({ url: `https://market.example/verify-email?token=${secret}`, validHours: 24 }),
  to: 'ada@example.com',
  template: 'verify-email',
}

let database: TestDatabase
const closers: (() => unknown)[] = []

beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  await database.pool.query('DROP SCHEMA pgboss CASCADE')
})
afterAll(() => database.drop())

interface Bench {
  readonly mail: Mail
  readonly boss: PgBoss
  readonly smtp: SmtpCatcher
  readonly logLines: string[]
}

async function start(replyTo?: (attempt: number) => Reply): Promise<Bench> {
  const logLines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) })
  const smtp = await startSmtpCatcher(replyTo === undefined ? {} : { replyTo })
  closers.push(() => smtp.stop())
  const jobs: Jobs = createJobs({ pool: database.pool, log, isWorker: true })
  await jobs.start()
  const transport = createSmtpTransport({ url: smtp.url })
  const from = 'Rialto <no-reply@market.example>'
  const mail = createMail({ boss: jobs.boss, transport, from, log, retryDelaySeconds: 1 })
  closers.push(() => mail.stop())
  closers.push(() => jobs.stop(5_000))
  await mail.start({ isWorker: true })
  return { mail, boss: jobs.boss, smtp, logLines }
}

const soon = { timeout: 30_000, interval: 50 }

test('a mail that can be done without says to programs how it is stopped (RFC 8058), and no other does', async () => {
  const { mail, smtp } = await start()
  const unsubscribeUrl = `https://market.example/unsubscribe/${'e'.repeat(300)}`
  await mail.enqueue({ ...message, unsubscribeUrl })
  await mail.enqueue(message)
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(2), soon)
  const headers = smtp.mails.map(({ headerLines }) =>
    headerLines
      .filter(({ key }) => key.startsWith('list-unsubscribe'))
      .map(({ line }) => line.replaceAll(/\r?\n\s+/g, ' ')),
  )
  expect(headers.toSorted((one, other) => one.length - other.length)).toEqual([
    [],
    [`List-Unsubscribe: <${unsubscribeUrl}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'],
  ])
})

test('a mail arrives as text and HTML, from and to whom it should', async () => {
  const { mail, smtp } = await start()
  await mail.enqueue(message)
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), soon)

  const [received] = smtp.mails
  expect(received?.subject).toBe('Confirm your e-mail address')
  expect(received?.from?.text).toBe('"Rialto" <no-reply@market.example>')
  expect(received?.to).toMatchObject({ text: 'ada@example.com' })
  expect(received?.text).toContain(`https://market.example/verify-email?token=${secret}`)
  expect(received?.html).toContain('Confirm this address</a')
  // RFC 3834: no out-of-office reply comes back.
  expect(received?.headers.get('auto-submitted')).toBe('auto-generated')
})

test('a mail queued in a transaction goes out only if it commits', async () => {
  const { mail, smtp } = await start()
  const failing = database.db.transaction(async (tx) => {
    await mail.enqueue({ ...message, to: 'rolled-back@example.com' }, { tx })
    throw new Error('rolled back')
  })
  await expect(failing).rejects.toThrow('rolled back')
  await database.db.transaction((tx) => mail.enqueue({ ...message, to: 'committed@example.com' }, { tx }))

  await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), soon)
  expect(smtp.attempts.map(({ to }) => to)).toEqual(['committed@example.com'])
})

test('a mail with the id of an earlier one is not sent again', async () => {
  const { mail, smtp } = await start()
  const id = crypto.randomUUID()
  await mail.enqueue(message, { id })
  await mail.enqueue(message, { id })
  await mail.enqueue({ ...message, to: 'last@example.com' })
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(2), soon)
  expect(smtp.mails.filter((received) => received.messageId?.includes(id))).toHaveLength(1)
  expect(smtp.attempts).toHaveLength(2)
})

test('a temporary refusal is tried again, with the same Message-ID', async () => {
  const { mail, smtp } = await start((attempt) =>
    attempt < 3 ? { code: 451, text: 'greylisted, try again' } : 'accept',
  )
  const id = crypto.randomUUID()
  await mail.enqueue(message, { id })
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), soon)
  expect(smtp.attempts).toHaveLength(3)
  expect(smtp.mails[0]?.messageId).toBe(`<${id}@market.example>`)
  expect(await mail.failed()).toEqual([])
})

test('a permanent refusal is not tried again, and stays visible with its reason', async () => {
  const { mail, smtp } = await start(() => ({ code: 550, text: 'no such mailbox' }))
  await mail.enqueue(message)
  await vi.waitFor(async () => expect(await mail.failed()).toHaveLength(1), soon)

  const [failed] = await mail.failed()
  expect(failed).toMatchObject({ to: 'ada@example.com', template: 'verify-email', attempts: 1 })
  expect(failed?.reason).toContain('no such mailbox')
  expect(JSON.stringify(failed)).not.toContain(secret)
  expect(smtp.attempts).toHaveLength(1)
})

test('a mail that outlived its link is not sent any more', async () => {
  const { mail, smtp } = await start()
  await mail.enqueue({ ...message, usefulUntil: new Date(Date.now() - 1_000).toISOString() })
  await vi.waitFor(async () => expect(await mail.failed()).toHaveLength(1), soon)
  expect((await mail.failed())[0]?.reason).toContain('before its link ran out')
  expect(smtp.attempts).toEqual([])
})

test('whoever causes a mail does not wait for a server that is away', async () => {
  const { mail, smtp } = await start()
  await smtp.stop()
  await mail.enqueue(message)
  expect(smtp.attempts).toEqual([])
})

test('no link and no address gets into the log, whatever happens', async () => {
  const { mail, smtp, logLines } = await start((attempt) => {
    if (attempt === 1) return { code: 451, text: `later, ada@example.com ${secret}` }
    return attempt === 2 ? 'accept' : { code: 550, text: `never, ada@example.com ${secret}` }
  })
  await mail.enqueue(message)
  await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), soon)
  await mail.enqueue(message)
  await vi.waitFor(async () => expect(await mail.failed()).toHaveLength(1), soon)

  const text = logLines.join('')
  expect(text).toContain('mail: sent')
  expect(text).toContain('mail: not sent yet')
  expect(text).toContain('mail: given up')
  expect(text).not.toContain(secret)
  expect(text).not.toContain('ada@example.com')
})

test.each(['ada@example.com\r\nBcc: all@example.com', 'ada@example.com, eve@example.com', 'Ada <ada@example.com>', ''])(
  'refuses %j as a recipient',
  async (to) => {
    const { mail } = await start()
    await expect(mail.enqueue({ ...message, to })).rejects.toThrow('Not one e-mail address')
  },
)
