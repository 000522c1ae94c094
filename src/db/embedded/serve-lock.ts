// One process serves a data folder. The lock lives in the server, so it vanishes with its holder, even after kill -9.
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { EmbeddedDatabaseError } from './errors.ts'
import type { Layout } from './layout.ts'
import { isAlive } from './processes.ts'

const serveLock = "hashtextextended('rialto: serves this data folder', 0)"
const attemptsMax = 20
const attemptPauseMs = 50

export interface ServeLock {
  /** Tells those who come second where the first one is. */
  announce(url: string): Promise<void>
}

interface Serving {
  pid: number
  url?: string
}

export async function takeServeLock(client: Client, layout: Layout): Promise<ServeLock> {
  for (let attempt = 1; ; attempt += 1) {
    const { rows } = await client.query<{ held: boolean }>(`SELECT pg_try_advisory_lock(${serveLock}) AS held`)
    if (rows[0]?.held === true) break
    const other = await readServing(layout)
    // The server needs a moment to notice that a killed holder's connection is gone.
    const gone = other === undefined || !isAlive(other.pid)
    if (!gone || attempt >= attemptsMax) throw alreadyServed(layout, other)
    await sleep(attemptPauseMs)
  }
  const write = (serving: Serving) => writeFile(layout.servingFile, `${JSON.stringify(serving)}\n`, { mode: 0o600 })
  await write({ pid: process.pid })
  return { announce: (url) => write({ pid: process.pid, url }) }
}

async function readServing(layout: Layout): Promise<Serving | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(layout.servingFile, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined
    return { pid: value.pid, ...('url' in value && typeof value.url === 'string' ? { url: value.url } : {}) }
  } catch {
    return undefined
  }
}

function alreadyServed(layout: Layout, other: Serving | undefined): EmbeddedDatabaseError {
  const who = other === undefined ? '' : ` (process ${other.pid})`
  return new EmbeddedDatabaseError({
    sentence:
      other?.url === undefined
        ? `Rialto is already starting with the data folder ${layout.dataDir}${who}.`
        : `Rialto already serves this data folder at ${other.url}${who}.`,
    remedy: 'stop it, or set RIALTO_DATA_DIR to another folder',
  })
}
