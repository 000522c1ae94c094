import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { isOpenClient } from './clients.ts'

/** How long what was read is believed, so that a busy page costs no query and a new client waits for none. */
const keepMs = 10_000
/** An unknown origin makes us look again sooner, but not more often than this: anybody can send one. */
const lookAgainMs = 1_000
const originsMax = 10_000

export interface BrowserOrigins {
  /** Whether a program that runs in browsers, and so keeps no secret, registered an address of this origin. */
  has(origin: string): Promise<boolean>
}

/** The origins of public clients, from the database, kept in this process for seconds. */
export function createBrowserOrigins(db: Database): BrowserOrigins {
  let origins: ReadonlySet<string> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    origins = await readOrigins(db)
    readAt = performance.now()
  }
  const readOnce = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

  return {
    has: async (origin) => {
      const age = performance.now() - readAt
      if (age > keepMs || (!origins.has(origin) && age > lookAgainMs)) await readOnce()
      return origins.has(origin)
    },
  }
}

async function readOrigins(db: Database): Promise<ReadonlySet<string>> {
  const { rows } = await db.execute(sql`
    SELECT DISTINCT substring(address FROM '^https?://[^/?#]+') AS origin
    FROM oauth_client AS client LEFT JOIN agents AS agent ON agent.oauth_client_id = client.client_id,
      unnest(client.redirect_uris) AS address
    WHERE client.token_endpoint_auth_method = 'none' AND ${isOpenClient} AND address ~ '^https?://'
    LIMIT ${originsMax}`)
  return new Set(rows.map(({ origin }) => String(origin)))
}
