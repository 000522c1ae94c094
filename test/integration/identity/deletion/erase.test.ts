// What is left of somebody after their account was deleted: nothing that names them.
import type { Pool } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDatabase } from '#src/db/client.ts'
import { fates } from '#src/identity/people/deletion/fates.ts'
import { lockOut } from '#src/identity/people/deletion/lock-out.ts'
import { workOffDeletions } from '#src/identity/people/deletion/work-off.ts'
import type { WorkOffContext } from '#src/identity/people/deletion/work-off.ts'
import { leftOut, personalTables } from '#src/identity/people/export/personal-data.ts'
import { createJobs } from '#src/integrations/jobs/index.ts'
import type { Jobs } from '#src/integrations/jobs/index.ts'
import { createMail } from '#src/integrations/mail/index.ts'
import type { Mail, MailMessage } from '#src/integrations/mail/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { insertPerson } from '../../schema/fixtures.ts'
import { member, openAccounts, password } from '../people.ts'
import type { Member, People } from '../people.ts'
import { insertEverything } from './everything.ts'
import { tracesOf } from './traces.ts'

const log = pino({ level: 'silent' })
const baseUrl = 'http://localhost:3000'

let database: TestDatabase
let people: People
let jobs: Jobs
let mail: Mail
const delivered: MailMessage[] = []
let isMailRefused = false

beforeAll(async () => {
  database = await createTestDatabase()
  people = openAccounts({ database })
  jobs = createJobs({ pool: database.pool, log, isWorker: true })
  await jobs.start()
  const transport = {
    deliver: async (message: MailMessage) => {
      if (isMailRefused) throw new Error('The mailbox is full')
      delivered.push(message)
    },
    close: () => undefined,
  }
  mail = createMail({ boss: jobs.boss, transport, from: 'Rialto <no-reply@market.example>', log, retryDelaySeconds: 1 })
  await mail.start({ isWorker: true })
})
afterAll(async () => {
  await jobs.stop(5_000)
  await database.drop()
})

const context = (): WorkOffContext => ({ db: database.db, auth: people.auth, mail, log, baseUrl })

async function confirm(person: Member): Promise<void> {
  expect(await people.own.deleteAccount(person.caller, { email: person.email, password })).toMatchObject({
    kind: 'confirmed',
  })
}

const countOf = async (from: string, ...values: readonly unknown[]): Promise<number> =>
  Number((await database.pool.query<{ count: string }>(`SELECT count(*) FROM ${from}`, [...values])).rows[0]?.count)

/** The last mail has arrived, and is not kept. */
const lastMail = (to: string) =>
  vi.waitFor(
    async () => {
      const sent = delivered.filter((message) => message.to === to && message.template === 'account-deleted')
      expect(sent).toHaveLength(1)
      expect(await countOf(`pgboss.job WHERE data->>'to' = $1`, to)).toBe(0)
    },
    { timeout: 30_000, interval: 100 },
  )

test('every table that holds something about a person says what becomes of it', () => {
  const known = [...personalTables.map(({ table }) => table), ...Object.keys(leftOut)]
  expect(Object.keys(fates).toSorted()).toEqual(known.toSorted())
})

test('no column of any table names a person who was deleted, but the record of what was done', async () => {
  const person = await member(people)
  const { subscriptions, theirs } = await insertEverything(database, person)
  await mail.enqueue({ subject: 'Hello', text: person.email, html: '', to: person.email, template: 'test' })
  await vi.waitFor(() => expect(delivered.some(({ to }) => to === person.email)).toBe(true), 10_000)
  const before = await tracesOf(database.pool, person.id, person.email)
  const { rows } = await database.pool.query<{ place: string }>(`
    SELECT format('public.%s.%s', replace(conrelid::regclass::text, '"', ''), attname) AS place
      FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
     WHERE contype = 'f' AND confrelid = '"user"'::regclass AND conrelid <> 'account_deletions'::regclass`)
  // Else a new place would be looked at while it is empty, and found clean.
  expect(rows.map(({ place }) => place).filter((place) => !before.includes(place))).toEqual([])
  expect(before).toEqual(expect.arrayContaining(['pgboss.job_common.data', 'public.verification.identifier']))

  await confirm(person)
  await workOffDeletions(context(), [])
  await lastMail(person.email)

  expect(await tracesOf(database.pool, person.id, person.email)).toEqual(['public.audit_logs.resource_id'])
  expect(await countOf('usage_ledger WHERE subscription_id = ANY($1)', subscriptions)).toBe(0)
  // What others have stays whole.
  expect(await countOf('usage_ledger WHERE subscription_id = $1', theirs)).toBe(3)
  expect(await countOf(`interactions WHERE type = 'contact' AND user_email IS NULL`)).toBeGreaterThan(0)
})

test('the trail says that it was asked for and done, the books stay, and the address is free again', async () => {
  const person = await member(people)
  const subject = 'a keyed hash of nobody we know any more'
  await database.pool.query(
    `INSERT INTO billing_entries (kind, amount, currency, subject_hash) VALUES ('charge', 1900, 'EUR', $1)`,
    [subject],
  )
  await confirm(person)
  await workOffDeletions(context(), [])
  const { rows } = await database.pool.query(
    `SELECT action, user_id FROM audit_logs WHERE resource_id = $1 ORDER BY timestamp, action`,
    [person.id],
  )
  expect(rows).toEqual([
    { action: 'person.request_deletion', user_id: null },
    { action: 'person.delete', user_id: null },
  ])
  expect(await countOf('billing_entries WHERE subject_hash = $1', subject)).toBe(1)
  const again = await people.accounts.signUp(
    { ...person.caller, headers: new Headers() },
    { name: 'Ada again', email: person.email, password },
  )
  expect(again).toMatchObject({ kind: 'done', cookies: expect.arrayContaining([expect.any(String)]) })
})

/** Somebody with everything, who asked for it a moment ago; made directly, because signing in takes its time. */
async function leaver(): Promise<{ readonly id: string; readonly email: string }> {
  const id = await insertPerson(database.db)
  const email = `${id}@example.com`
  await database.pool.query('UPDATE "user" SET email_verified = true WHERE id = $1', [id])
  await insertEverything(database, { id, email })
  await database.db.transaction((tx) => lockOut(tx, { userId: id, logouts: [] }))
  return { id, email }
}

/** A pool whose connection breaks before the nth statement or transaction, as when the process is killed there. */
function breakingPool(pool: Pool, workUntil: number): Pool {
  let done = 0
  return new Proxy(pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'query' && name !== 'connect') return value.bind(target) as unknown
      return (...given: unknown[]) => {
        if (done >= workUntil) throw new Error('Killed here')
        done += 1
        return Reflect.apply(value, target, given) as unknown
      }
    },
  })
}

test('killed after any statement, it is finished by the next run, with one last mail', async () => {
  let places = 0
  const letters: string[] = []
  // The queue sends two a second, which is too slow for one person after the other.
  const collected = { enqueue: async ({ to }: MailMessage) => void letters.push(to), forget: mail.forget }
  for (let isDone = false; !isDone; places += 1) {
    const person = await leaver()
    const broken = { ...context(), mail: collected, db: createDatabase(breakingPool(database.pool, places)) }
    isDone = await workOffDeletions(broken, []).then(
      () => true,
      () => false,
    )
    const isThere = (await countOf('"user" WHERE id = $1 AND banned', person.id)) === 1
    expect([places, isThere]).toEqual([places, !isDone])
    await workOffDeletions({ ...context(), mail: collected }, [])
    expect(await countOf('"user" WHERE id = $1', person.id)).toBe(0)
    expect(letters.splice(0)).toEqual([person.email])
  }
  expect(places).toBeGreaterThan(20)
}, 120_000)

test('two processes at once delete one account once', async () => {
  const person = await member(people)
  await insertEverything(database, person)
  await confirm(person)
  await Promise.all([workOffDeletions(context(), []), workOffDeletions(context(), [])])
  expect(await countOf(`audit_logs WHERE action = 'person.delete' AND resource_id = $1`, person.id)).toBe(1)
  await lastMail(person.email)
})

test('a process that is late by one step doesn’t take the last mail along', async () => {
  const person = await leaver()
  const lateMail = {
    enqueue: mail.enqueue,
    // The other one is done with everything between this one's look at the person and its forgetting.
    forget: async (to: string) => {
      await workOffDeletions(context(), [])
      await mail.forget(to)
    },
  }
  await workOffDeletions({ ...context(), mail: lateMail }, [])
  await lastMail(person.email)
})

test('data goes in batches, and none is left over', async () => {
  const person = await member(people)
  await database.pool.query(
    `INSERT INTO oauth_client (id, client_id, redirect_uris) SELECT 'c' || n, 'c' || n, '{}' FROM generate_series(1, 1203) n`,
  )
  await database.pool.query(
    `INSERT INTO oauth_authorization_code (id, code_hash, client_id, user_id, scopes, expires_at)
     SELECT 'c' || n, 'c' || n, 'c' || n, $1, '{openid}', now() FROM generate_series(1, 1203) n`,
    [person.id],
  )
  await confirm(person)
  const deleted: number[] = []
  const counting = new Proxy(database.pool, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'query') return typeof value === 'function' ? (value.bind(target) as unknown) : value
      return async (statement: { text?: string }, values?: unknown[]) => {
        const result = await target.query(statement as never, values)
        if (statement.text?.startsWith('DELETE FROM "oauth_authorization_code"')) deleted.push(result.rowCount ?? 0)
        return result
      }
    },
  })
  await workOffDeletions({ ...context(), db: createDatabase(counting) }, [])
  expect(deleted).toEqual([500, 500, 203, 0])
})

test('what must be settled before comes first; while it fails the data stays, and nobody gets in', async () => {
  const person = await member(people)
  await confirm(person)
  const other = await member(people)
  await confirm(other)
  const seen: string[] = []
  let fails = true
  const settle = async (_: WorkOffContext, userId: string) => {
    if (userId === person.id && fails) throw new Error('The payment provider is away')
    seen.push(userId)
    expect(await countOf('account WHERE user_id = $1', userId)).toBe(1)
  }
  await expect(workOffDeletions(context(), [settle])).rejects.toThrow('1 of 2 accounts')
  expect(await countOf('"user" WHERE id = $1', other.id)).toBe(0)
  expect(await countOf('account WHERE user_id = $1', person.id)).toBe(1)
  expect(await people.accounts.signIn(person.caller, { email: person.email, password })).toEqual({ kind: 'leaving' })
  fails = false
  await workOffDeletions(context(), [settle])
  expect(seen).toEqual([other.id, person.id])
  expect(await countOf('"user" WHERE id = $1', person.id)).toBe(0)
})

test('an unconfirmed address takes nothing along that only it names', async () => {
  const person = await member(people, { emailVerified: false })
  const { rows } = await database.pool.query<{ id: string }>(
    `INSERT INTO agents (slug, name) VALUES ($1, 'A') RETURNING id`,
    [`a-${person.id}`],
  )
  await database.pool.query('INSERT INTO agent_waitlist (agent_id, email) VALUES ($1, $2)', [rows[0]?.id, person.email])
  await confirm(person)
  await workOffDeletions(context(), [])
  expect(await tracesOf(database.pool, person.email)).toEqual(expect.arrayContaining(['public.agent_waitlist.email']))
  expect(await countOf('"user" WHERE id = $1', person.id)).toBe(0)
})

test('an address that is part of another one takes nothing along that belongs to that one', async () => {
  const person = await member(people)
  const longer = `x${person.email}.org`
  const waiting = (identifier: string, value: string) =>
    database.pool.query(
      `INSERT INTO verification (id, identifier, value, expires_at) VALUES ($1, $1, $2, now() + interval '1 day')`,
      [identifier, value],
    )
  await waiting(`operator-grant:${person.email}`, 'pending')
  await waiting(`operator-grant:${longer}`, 'pending')
  await waiting('change-email:of-another', JSON.stringify({ email: longer }))
  await confirm(person)
  await workOffDeletions(context(), [])
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT id FROM verification WHERE position($1 IN identifier || value) > 0 ORDER BY id`,
    [person.email],
  )
  expect(rows.map(({ id }) => id)).toEqual(['change-email:of-another', `operator-grant:${longer}`])
})

test('a last mail that can not be delivered is not kept either', async () => {
  const person = await member(people)
  await confirm(person)
  isMailRefused = true
  try {
    await workOffDeletions(context(), [])
    await database.pool.query(`UPDATE pgboss.job SET retry_limit = 1 WHERE data->>'to' = $1`, [person.email])
    await vi.waitFor(async () => expect(await tracesOf(database.pool, person.email)).toEqual([]), {
      timeout: 20_000,
      interval: 200,
    })
    expect(delivered.some(({ to, template }) => to === person.email && template === 'account-deleted')).toBe(false)
  } finally {
    isMailRefused = false
  }
})
