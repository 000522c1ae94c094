import { OutboundError } from '#src/integrations/outbound/index.ts'
import type { OutboundAnswer, OutboundFetch, OutboundReason } from '#src/integrations/outbound/index.ts'
import { quoted } from './proof.ts'
import type { Proof } from './proof.ts'

interface AskFile {
  readonly url: string
  readonly token: string
}

const timeoutMs = 10_000
/** A proof is one line; others' may stand beside it. */
const bytesMax = 16_384

/**
 * Looks for the token in a file (RFC 8615), alone on a line of it. A redirect is not followed: who may redirect one path of a site
 * doesn't have the site.
 */
export async function askFile(outbound: OutboundFetch, { url, token }: AskFile): Promise<Proof> {
  const asked = `We asked for ${url}.`
  try {
    const answer = await outbound(url, { accept: 'text/plain, */*;q=0.5', timeoutMs, bytesMax, redirectsMax: 0 })
    return judge(answer, { asked, token })
  } catch (error) {
    if (error instanceof OutboundError) return { isFound: false, answer: `${asked} ${words[error.reason]}` }
    throw error
  }
}

interface Judged {
  readonly asked: string
  readonly token: string
}

function judge({ status, body }: OutboundAnswer, { asked, token }: Judged): Proof {
  if (status !== 200) return { isFound: false, answer: `${asked} It answered ${status}.` }
  const text = body.toString('utf8')
  if (text.split(/\r?\n/).some((line) => line.trim() === token)) return { isFound: true }
  const shown = text.trim() === '' ? 'nothing' : quoted(text)
  return { isFound: false, answer: `${asked} It answered 200, with ${shown} and not the text.` }
}

const words: Readonly<Record<OutboundReason, string>> = {
  invalid_address: 'That is no address which can be asked.',
  unresolvable: 'There is no host of this name.',
  refused_address: 'The name leads to an address that is not of the public internet.',
  timeout: `It did not answer within ${timeoutMs / 1_000} seconds.`,
  too_large: `It answered with more than ${bytesMax.toLocaleString('en')} bytes, which are too many for a proof.`,
  too_many_redirects: 'It answered with a redirect, which is not followed: the text has to stand there itself.',
  connection_failed: 'Nobody answered there, or not with a certificate that counts.',
}
