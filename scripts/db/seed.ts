// `pnpm db:seed`: brings this version's directory entries and tags into the database. Running it again changes nothing.
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import { SeedError } from '#src/db/seed/index.ts'
import { seedCatalogue } from '#src/features/catalog/index.ts'
import { runCommand } from './command.ts'

const shownMax = 20

await runCommand(async ({ log, say }) => {
  const database = await openDatabase(readConfig(), log)
  const pool = createPool({
    url: database.url,
    max: 2,
    onError: (error) => log.warn({ err: error }, 'connection lost'),
  })
  try {
    await migrate({ pool, log })
    const { directoryEntries, added, updated, kept, leftAlone } = await seedCatalogue(createDatabase(pool))
    const named = (what: string, names: readonly string[]): void => {
      if (names.length === 0) return
      const rest = names.length > shownMax ? `, and ${names.length - shownMax} more` : ''
      say(`  ${what}: ${names.slice(0, shownMax).join(', ')}${rest}`)
    }
    say(`✓ ${directoryEntries} directory entries`)
    named('added', added)
    named('updated', updated)
    named('kept as edited', kept)
    named('left alone (deleted, claimed, or the slug is taken)', leftAlone)
    if (added.length + updated.length === 0) say('  nothing to change')
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    process.exitCode = 1
    say(`✗ ${error.message}\n    Try: correct the file under src/db/seed, then pnpm db:seed`)
  } finally {
    await pool.end()
    await database.close()
  }
})
