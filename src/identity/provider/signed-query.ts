import { constantTimeEqual, makeSignature } from 'better-auth/crypto'

// The provider sends people to our pages with the agent's request in the query, signed with its own names beside it.
const ownNames = ['sig', 'exp', 'ba_iat', 'ba_pl', 'ba_param'] as const

/** Put beside a signed query by our sign-in page when the person goes on as who is signed in; never the agent's. */
export const accountChoice = 'rialto_account'

/** The agent's request alone, as it can be sent to the authorization endpoint again. */
export function withoutSignature(query: URLSearchParams): URLSearchParams {
  const plain = new URLSearchParams(query)
  if (plain.has('sig')) for (const name of ownNames) plain.delete(name)
  return plain
}

/** When the provider signed this query; undefined when it did not, or longer ago than it allows. */
export async function signedAt(query: URLSearchParams, secret: string): Promise<Date | undefined> {
  const signatures = query.getAll('sig')
  const [signature] = signatures
  if (signature === undefined || signatures.length > 1) return undefined
  const signed = [...query].filter(([name]) => name !== 'sig').toSorted(byNameThenValue)
  const expected = await makeSignature(new URLSearchParams(signed).toString(), secret)
  const isGenuine = constantTimeEqual(signature, expected) && Number(query.get('exp')) * 1_000 >= Date.now()
  const at = Number(query.get('ba_iat'))
  return isGenuine && Number.isFinite(at) && at > 0 ? new Date(at) : undefined
}

const byNameThenValue = (a: readonly [string, string], b: readonly [string, string]): number =>
  compare(a[0], b[0]) || compare(a[1], b[1])

const compare = (a: string, b: string): number => {
  if (a === b) return 0
  return a < b ? -1 : 1
}
