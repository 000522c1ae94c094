import type { ResolveTxt } from '#src/integrations/dns/index.ts'
import { quoted } from './proof.ts'
import type { Proof } from './proof.ts'

interface AskDns {
  readonly name: string
  readonly token: string
}

/** Looks for the token among the TXT records of a name (RFC 1035 §3.3.14). */
export async function askDns(resolveTxt: ResolveTxt, { name, token }: AskDns): Promise<Proof> {
  const asked = `We asked the DNS for the TXT records of ${name}`
  try {
    const records = (await resolveTxt(name)).map((pieces) => pieces.join(''))
    if (records.some((record) => record.trim() === token)) return { isFound: true }
    const shown = records.slice(0, shownMax).map(quoted).join(', ')
    return { isFound: false, answer: `${asked} and got ${shown === '' ? 'none' : `${shown}, but not the text`}.` }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    return { isFound: false, answer: `${asked}. ${wordsOf(typeof code === 'string' ? code : 'unknown')}` }
  }
}

const shownMax = 5

function wordsOf(code: string): string {
  if (code === 'ENOTFOUND' || code === 'ENODATA') {
    return 'There is none. A new record can take up to an hour until everybody sees it.'
  }
  if (code === 'ETIMEOUT') return 'No name server answered in time.'
  return `The name servers answered with an error (${code}).`
}
