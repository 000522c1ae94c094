// The least that a start must do: a Node process that opens the embedded database of a folder. Says how long that took.
import { pino } from 'pino'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'

const dataDir = process.argv[2]
if (dataDir === undefined) throw new Error('usage: database-only.ts DATA_DIR')
const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
process.stdout.write('ready\n')
process.stdin.resume()
process.stdin.once('end', () => void database.close())
