// What the small database commands share: a quiet log on standard error, failures as a sentence with its remedy, signals.
import { ConfigError } from '#src/config.ts'
import { EmbeddedDatabaseError } from '#src/db/embedded/index.ts'
import { isDatabaseUnavailable } from '#src/db/errors.ts'
import { MigrationError } from '#src/db/migrate.ts'
import { createLog } from '#src/log.ts'
import type { Log } from '#src/log.ts'

export interface CommandContext {
  log: Log
  /** A line for the person on standard error, so that standard output holds the result alone. */
  say(line: string): void
}

/** Runs a command and sets the exit code. Never prints a stack for a failure that has an explanation. */
export async function runCommand(command: (context: CommandContext) => Promise<void>): Promise<void> {
  const say = (line: string) => void process.stderr.write(`  ${line}\n`)
  try {
    await command({ log: createLog({ logLevel: 'warn' }), say })
  } catch (error) {
    process.exitCode = 1
    if (error instanceof EmbeddedDatabaseError || error instanceof MigrationError)
      say(`✗ ${error.sentence}\n    Try: ${error.remedy}`)
    else if (isDatabaseUnavailable(error))
      say(
        '✗ The database in DATABASE_URL does not answer.\n    Try: check the address, the password and that the server is up',
      )
    else if (error instanceof ConfigError) say(`✗ ${error.message}`)
    else say(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
}

/** Resolves at the first Ctrl+C or request to end. */
export const untilStopped = () =>
  new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
