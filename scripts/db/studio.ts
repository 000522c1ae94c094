// `pnpm db:studio`: Drizzle Studio's local server over this installation's database, beside a running Rialto or alone.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readConfig } from '#src/config.ts'
import { openDatabase } from '#src/db/open.ts'
import { runCommand, untilStopped } from './command.ts'

const stopLimitMs = 5_000

await runCommand(async ({ log, say }) => {
  const config = readConfig()
  const stopped = untilStopped()
  const { url, close } = await openDatabase(config, log)
  try {
    const studio = spawn(
      process.execPath,
      [join(config.rootDir, 'node_modules/drizzle-kit/bin.cjs'), 'studio', '--host', '127.0.0.1'],
      // In the environment and not among the arguments, which every user of the machine can read. drizzle.config.ts reads it.
      { cwd: config.rootDir, env: { ...process.env, DATABASE_URL: url }, stdio: 'inherit' },
    )
    const ended = new Promise<number>((resolve, reject) => {
      studio.once('error', reject)
      studio.once('exit', (code) => resolve(code ?? 0))
    })
    say('Stop with Ctrl+C. While it runs, any page open in your browser can reach it: stop it when you are done.')
    const code = await Promise.race([ended, stopped])
    if (typeof code === 'number') {
      process.exitCode = code
      return
    }
    studio.kill('SIGTERM')
    const hurry = setTimeout(() => studio.kill('SIGKILL'), stopLimitMs)
    await ended
    clearTimeout(hurry)
  } finally {
    await close()
  }
})
