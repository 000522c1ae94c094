// The floor: PostgreSQL's own load generator, one event per transaction, on the same tables at the same time of the run.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Floor {
  /** One of this folder, or a file elsewhere. */
  readonly script: 'floor' | 'floor-batched' | URL
  readonly clients: number
  readonly seconds: number
  readonly variables: Readonly<Record<string, string | number>>
}

/** Transactions a second. Throws when one failed. */
export async function pgbench(databaseUrl: string, { script, clients, seconds, variables }: Floor): Promise<number> {
  const file = fileURLToPath(script instanceof URL ? script : new URL(`${script}.pgbench.sql`, import.meta.url))
  const defines = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`])
  const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', file]
  const { stdout } = await run('pgbench', [...options, ...defines, databaseUrl], { maxBuffer: 1024 * 1024 })
  if (!/number of failed transactions: 0 /.test(stdout)) throw new Error(`pgbench failed transactions:\n${stdout}`)
  const perSecond = /tps = ([\d.]+)/.exec(stdout)?.[1]
  if (perSecond === undefined) throw new Error(`pgbench said no rate:\n${stdout}`)
  return Number(perSecond)
}

/** Whether it is installed; npm can't bring it. */
export const hasPgbench = (): Promise<boolean> =>
  run('pgbench', ['--version']).then(
    () => true,
    () => false,
  )
