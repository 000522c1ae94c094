// `pnpm operator:recipients add|remove <email>`, `… list`: who gets a mail about what people do. Each address is asked first.
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import {
  addRecipient,
  listRecipients,
  recipientsMax,
  removeRecipientByEmail,
} from '#src/features/engagement/recipients/recipients.ts'
import { parseEmail } from '#src/identity/accounts/input.ts'
import { runCommand } from '../db/command.ts'

type Work = (db: Database) => Promise<readonly string[]>

await runCommand(async ({ log, say }) => {
  const work = workOf(process.argv.slice(2).filter((argument) => argument !== '--'))
  if (work === undefined) {
    process.exitCode = 1
    say(
      '✗ This takes add or remove with one e-mail address, or list\n    Try: pnpm operator:recipients add ada@example.com',
    )
    return
  }
  const database = await openDatabase(readConfig(), log)
  const pool = createPool({
    url: database.url,
    max: 2,
    onError: (error) => log.warn({ err: error }, 'connection lost'),
  })
  try {
    await migrate({ pool, log })
    for (const line of await work(createDatabase(pool))) say(line)
  } finally {
    await pool.end()
    await database.close()
  }
})

function workOf([verb, text, ...rest]: readonly string[]): Work | undefined {
  if (verb === 'list' && text === undefined) return list
  const email = parseEmail(text ?? '')
  if (email.problem !== undefined || rest.length > 0) return undefined
  if (verb === 'add') return async (db) => [await add(db, email.value)]
  if (verb === 'remove') return async (db) => [await remove(db, email.value)]
  return undefined
}

async function add(db: Database, email: string): Promise<string> {
  switch (await addRecipient(db, { email })) {
    case 'added':
    case 'asked_again':
      return `✓ ${email} is asked by mail, within a minute where the marketplace runs, and gets nothing else before saying yes`
    case 'already':
      return `✓ ${email} has said yes already; nothing was changed`
    case 'full':
      process.exitCode = 1
      return `✗ There are ${recipientsMax} addresses already\n    Try: pnpm operator:recipients remove, or a mailing list's address`
  }
}

async function remove(db: Database, email: string): Promise<string> {
  const isRemoved = (await removeRecipientByEmail(db, email)) === 'removed'
  return isRemoved
    ? `✓ ${email} gets no more mails about what people do`
    : `✓ ${email} was not on the list; nothing was changed`
}

async function list(db: Database): Promise<readonly string[]> {
  const recipients = await listRecipients(db)
  if (recipients.length === 0) return ['Nobody is told. pnpm operator:recipients add puts somebody on the list']
  return recipients.map(({ email, confirmedAt }) => `${email}  ${confirmedAt === null ? 'asked' : 'confirmed'}`)
}
