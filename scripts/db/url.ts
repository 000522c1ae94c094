// `pnpm db:url`: prints a URL that psql takes. In a terminal it keeps the embedded server up until Ctrl+C; for
// `psql "$(pnpm -s db:url)"`, where this ends before psql begins, it leaves the server running.
import { readConfig } from '#src/config.ts'
import { openDatabase } from '#src/db/open.ts'
import { runCommand, untilStopped } from './command.ts'

await runCommand(async ({ log, say }) => {
  const config = readConfig()
  const { url, embedded, close } = await openDatabase(config, log)
  const mode = process.argv.includes('--stop') ? 'stop' : process.stdout.isTTY ? 'hold' : 'leave'
  if (mode !== 'stop') process.stdout.write(`${url}\n`)
  if (embedded === undefined) return

  if (mode === 'leave' && !embedded.adopted) {
    say('PostgreSQL keeps running for this URL. The next Rialto command takes it over; pnpm db:url --stop stops it.')
  }
  if (mode === 'leave') return await embedded.leaveRunning()
  if (mode === 'hold') {
    say('PostgreSQL is up until Ctrl+C.')
    await untilStopped()
  }
  await close()
})
