// A process of its own that uses a data folder's database, for tests that kill it. Started by support.ts.
import { pino } from 'pino'
import { EmbeddedDatabaseError, openEmbeddedDatabase } from '#src/db/embedded/index.ts'

const [dataDir = '', serveUrl = ''] = process.argv.slice(2)

try {
  const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
  if (serveUrl !== '') {
    const lock = await database.holdServeLock()
    await lock.announce(serveUrl)
  }
  process.stdout.write(`${JSON.stringify({ url: database.url, adopted: database.adopted })}\n`)
  process.stdin.once('data', () => void database.close().then(() => process.stdin.destroy()))
} catch (error) {
  const { sentence = String(error), remedy = '' } = error instanceof EmbeddedDatabaseError ? error : {}
  process.stdout.write(`${JSON.stringify({ sentence, remedy })}\n`)
  process.exitCode = 1
  process.stdin.destroy()
}
