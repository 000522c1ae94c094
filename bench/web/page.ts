import { brotliDecompressSync } from 'node:zlib'
import { request } from 'node:http'

interface PageBytes {
  readonly htmlBytes: number
  /** As they come over the wire. */
  readonly htmlBytesSent: number
  /** Of all scripts that the page loads, over the wire. */
  readonly scriptBytesSent: number
}

interface AskedPage {
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** What a browser would be sent for a page, compressed with Brotli. */
export async function readPage({ origin, path, headers }: AskedPage): Promise<{ html: string; bytes: PageBytes }> {
  const sent = await get(origin + path, headers)
  const html = brotliDecompressSync(sent).toString()
  let scriptBytesSent = 0
  for (const [, src = ''] of html.matchAll(/<(?:script|link rel="modulepreload")[^>]+(?:src|href)="([^"]+)"/g)) {
    scriptBytesSent += (await get(origin + src, headers)).byteLength
  }
  return { html, bytes: { htmlBytes: Buffer.byteLength(html), htmlBytesSent: sent.byteLength, scriptBytesSent } }
}

/** fetch() would unpack the body, and what is measured is what was sent. */
function get(url: string, headers: Readonly<Record<string, string>>): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  request(url, { headers }, (answer) => {
    const chunks: Buffer[] = []
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    answer.on('error', reject)
    answer.on('end', () => {
      if (answer.statusCode === 200) resolve(Buffer.concat(chunks))
      else reject(new Error(`${url} answered ${answer.statusCode}`))
    })
  })
    .on('error', reject)
    .end()
  return promise
}
