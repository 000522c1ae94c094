// `pnpm db:migrate`: brings the database of DATABASE_URL, or the embedded one, to the schema of this code.
import { readConfig } from '#src/config.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import { runCommand } from './command.ts'

await runCommand(async ({ log, say }) => {
  const startedAt = performance.now()
  const database = await openDatabase(readConfig(), log)
  try {
    const { applied } = await migrate({ url: database.url, log })
    const took = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`
    say(
      applied === 0
        ? `✓ schema is up to date (${took})`
        : `✓ schema: ${applied} ${applied === 1 ? 'migration' : 'migrations'} (${took})`,
    )
  } finally {
    await database.close()
  }
})
