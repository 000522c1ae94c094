import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { isPlausibleId } from './clients.ts'

/** How long an agent may take from pushing a request to sending the person (RFC 9126 §2.2 recommends 5 to 600 s). */
export const pushedSeconds = 90

const prefix = 'urn:ietf:params:oauth:request_uri:'
const expiredMax = 100

interface Pushed {
  readonly clientId: string
  readonly query: URLSearchParams
}

/** Keeps a request and returns its `request_uri`: 256 random bits, of which only a digest is stored. */
export async function keepPushed(db: Database, { clientId, query }: Pushed): Promise<string> {
  const requestUri = prefix + randomBytes(32).toString('base64url')
  // Whoever adds also removes, so that the table is never larger than what is pushed in its time.
  await db.execute(sql`
    DELETE FROM pushed_authorization_requests WHERE digest IN (
      SELECT digest FROM pushed_authorization_requests WHERE expires_at < now()
      LIMIT ${expiredMax} FOR UPDATE SKIP LOCKED)`)
  await db.execute(sql`
    INSERT INTO pushed_authorization_requests (digest, client_id, query, expires_at)
    VALUES (${digestOf(requestUri)}, ${clientId}, ${query.toString()}, now() + ${pushedSeconds} * interval '1 second')`)
  return requestUri
}

interface Taking {
  readonly clientId: string
  readonly requestUri: string
}

/** Takes a request out, once; undefined when it is unknown, another client's, used or too old. Only its own client uses it up. */
export async function takePushed(db: Database, { clientId, requestUri }: Taking): Promise<URLSearchParams | undefined> {
  if (!isPlausibleId(clientId)) return undefined
  const { rows } = await db.execute(sql`
    DELETE FROM pushed_authorization_requests WHERE digest = ${digestOf(requestUri)} AND client_id = ${clientId}
    RETURNING query, expires_at > now() AS is_young`)
  const [row] = rows
  return row?.['is_young'] === true ? new URLSearchParams(String(row['query'])) : undefined
}

/** Another one points at a document of the agent's (RFC 9101), which is not offered. */
export const isPushedUri = (requestUri: string): boolean => requestUri.startsWith(prefix)

const digestOf = (requestUri: string): string => createHash('sha256').update(requestUri).digest('base64url')
