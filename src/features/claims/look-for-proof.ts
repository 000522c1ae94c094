import type { claimMethods } from '#src/db/schema/index.ts'
import type { ClaimDeps } from './context.ts'
import { askDns } from './proof/ask-dns.ts'
import { askFile } from './proof/ask-file.ts'
import type { Proof } from './proof/proof.ts'
import type { ClaimedHost } from './rules/claimed-host.ts'

export type ClaimMethod = (typeof claimMethods)[number]

interface Look {
  readonly method: ClaimMethod
  readonly token: string
  readonly target: Extract<ClaimedHost, { kind: 'host' }>
}

/** Asks the project's own address. Never inside a transaction: it waits for a stranger. */
export function lookForProof(
  { outbound, resolveTxt }: Pick<ClaimDeps, 'outbound' | 'resolveTxt'>,
  { method, token, target: { fileUrl, dnsName } }: Look,
): Promise<Proof> {
  if (method === 'well_known') return askFile(outbound, { url: fileUrl, token })
  if (dnsName === undefined) {
    return Promise.resolve({ isFound: false, answer: 'This host’s DNS is another’s: use the file.' })
  }
  return askDns(resolveTxt, { name: dnsName, token })
}
