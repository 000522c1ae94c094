// What the operator commands share: one address as argument, and the database, migrated.
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import type { Database } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import { parseEmail } from '#src/identity/accounts/input.ts'
import { runCommand } from '../db/command.ts'

interface OperatorCommand {
  /** "operator:grant" */
  readonly name: string
  /** Returns what to tell. */
  run(db: Database, email: string): Promise<string>
}

export async function runOperatorCommand({ name, run }: OperatorCommand): Promise<void> {
  await runCommand(async ({ log, say }) => {
    const [text = '', ...rest] = process.argv.slice(2)
    const email = parseEmail(text)
    if (email.problem !== undefined || rest.length > 0) {
      process.exitCode = 1
      say(`✗ One e-mail address is needed\n    Try: pnpm ${name} ada@example.com`)
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
      say(`✓ ${await run(createDatabase(pool), email.value)}`)
    } finally {
      await pool.end()
      await database.close()
    }
  })
}
