import { quoted } from './proof.ts'
import type { Proof } from './proof.ts'

interface AskFile {
  readonly url: string
  readonly token: string
}

/** Looks for the token in a file (RFC 8615): alone on a line of it, so that other services' proofs may stand there, too. */
export async function askFile({ url, token }: AskFile): Promise<Proof> {
  throw new Error('not yet' + url + token + quoted(''))
}
