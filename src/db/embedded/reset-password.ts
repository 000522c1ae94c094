// For a cluster whose password file got lost: whoever may write the data folder may set a new password in single-user mode.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { runIn } from './account.ts'
import { applicationRole } from './application-database.ts'
import { superuser } from './cluster.ts'
import type { Context } from './context.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { explain } from './explain.ts'
import { applicationPassword } from './password.ts'
import { disownPidFile, findPidFile } from './pid-file.ts'
import { isAlive, isPostgresOf } from './processes.ts'

const runLimitMs = 120_000
/** Together 10 s for a server that is just being stopped. */
const attemptsMax = 40
const attemptPauseMs = 250

/** Throws `EmbeddedDatabaseError`, also when the cluster's server runs: its password can't be changed without knowing it. */
export async function resetPassword(context: Context, password: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const running = await findPidFile(context.layout)
    const isOurs = running !== undefined && isPostgresOf(running.pid, context.layout)
    if (running !== undefined && !isOurs && isAlive(running.pid)) disownPidFile(context.layout, running)
    if (!isOurs) {
      const words = await runSingleUser(context, password)
      if (words === undefined) return
      if (!/already exists|pre-existing shared memory/.test(words)) {
        throw explain({ ...context, doing: 'start', error: new Error(words) })
      }
    }
    if (attempt >= attemptsMax) throw runsWithout(context, running?.pid)
    await sleep(attemptPauseMs)
  }
}

/** Undefined when it succeeded, else what PostgreSQL said. */
async function runSingleUser({ layout, account, binaries }: Context, password: string): Promise<string | undefined> {
  const { dataArgument, options } = runIn(layout.cluster, account)
  const { postgres } = await binaries()
  const child = spawn(postgres, ['--single', '-D', dataArgument, 'postgres'], {
    ...options,
    timeout: runLimitMs,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-8192)))
  child.stdin.on('error', () => {})
  // One statement a line; base64url letters need no quoting. The application's role is missing if the first start failed.
  child.stdin.end(
    `DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${applicationRole}') THEN ALTER ROLE ${applicationRole} PASSWORD '${applicationPassword(password)}'; END IF; END $$\n` +
      `ALTER ROLE ${superuser} PASSWORD '${password}'\n`,
  )
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return exitCode === 0 && !/\b(ERROR|FATAL|PANIC):/.test(words) ? undefined : words
}

function runsWithout({ layout }: Context, pid: number | undefined): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError({
    sentence: `The password file ${layout.passwordFile} is gone while PostgreSQL still runs on ${layout.cluster}${pid === undefined ? '' : ` (process ${pid})`}.`,
    remedy: `kill -INT ${pid ?? '<its process>'}, and start again: a new password will be set`,
  })
}
