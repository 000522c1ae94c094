import type { Database } from '#src/db/client.ts'
import { findClient } from './clients.ts'
import type { ProviderClient } from './clients.ts'

// The names of the agent's own request (OpenID Connect RP-Initiated Logout §2), so that our pages carry it on as it came.
const names = { clientId: 'client_id', address: 'post_logout_redirect_uri', state: 'state' } as const

const addressLengthMax = 2_000
const stateLengthMax = 2_000

/** Where a person goes on to after signing out of Rialto. */
export interface SignOutReturn {
  /** The agent's name, as registered. */
  readonly name: string | null
  readonly url: string
  readonly host: string
}

interface Wish {
  readonly clientId: string
  /** Empty: the agent doesn't say. */
  readonly address: string
  readonly state: string | null
}

/** Whether the agent registered this address, letter by letter, for people it signed out. */
export const isReturnAddress = ({ postLogoutRedirectUris }: ProviderClient, address: string): boolean =>
  postLogoutRedirectUris.includes(address)

/** The agent's wish as the query of our page that asks; empty without an address, or with a state that is too long to carry. */
export function signOutQuery({ clientId, address, state }: Wish): string {
  if (address === '' || (state ?? '').length > stateLengthMax) return ''
  const query = new URLSearchParams({ [names.clientId]: clientId, [names.address]: address })
  if (state !== null) query.set(names.state, state)
  return query.toString()
}

/**
 * Reads the wish back from one of our pages. It comes from the browser, so it is held against what is registered at this
 * moment; undefined when there is none, or the agent may not have it.
 */
export async function findSignOutReturn(db: Database, query: URLSearchParams): Promise<SignOutReturn | undefined> {
  const [clientId, address, state] = [query.get(names.clientId), query.get(names.address), query.get(names.state)]
  if (clientId === null || address === null || address.length > addressLengthMax) return undefined
  if (state !== null && state.length > stateLengthMax) return undefined
  const client = await findClient(db, clientId)
  if (client === undefined || !client.isOpen || !isReturnAddress(client, address)) return undefined
  const url = new URL(address)
  if (state !== null) url.searchParams.set('state', state)
  return { name: client.name, url: url.href, host: url.host }
}
