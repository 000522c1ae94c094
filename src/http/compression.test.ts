import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { AppEnv } from './api.ts'
import { compression } from './compression.ts'

const long = 'Rialto '.repeat(1000)

function appWith(respond: () => Response): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.use(compression())
  app.get('/', respond)
  return app
}

const get = (app: Hono<AppEnv>, encoding: string) => app.request('/', { headers: { 'accept-encoding': encoding } })

describe('compression', () => {
  it('prefers brotli, takes gzip, and leaves a client alone that refuses both', async () => {
    const app = appWith(() => new Response(long, { headers: { 'content-type': 'text/html' } }))
    const br = await get(app, 'gzip, br')
    expect(br.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString()).toBe(long)
    const gzip = await get(app, 'br;q=0, gzip')
    expect(gunzipSync(Buffer.from(await gzip.arrayBuffer())).toString()).toBe(long)
    const plain = await get(app, 'identity')
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(await plain.text()).toBe(long)
  })

  it('hands on each chunk of a streamed page when it is written', async () => {
    let finish: () => void = () => undefined
    const app = appWith(() => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(`<p>first</p>${'x'.repeat(2000)}`))
          finish = () => {
            controller.enqueue(new TextEncoder().encode('<p>last</p>'))
            controller.close()
          }
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/html' } })
    })
    const response = await get(app, 'gzip')
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(first?.value?.length ?? 0).toBeGreaterThan(0)
    finish()
    const chunks = [Buffer.from(first?.value ?? [])]
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      chunks.push(Buffer.from(next.value))
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toMatch(/^<p>first<\/p>x+<p>last<\/p>$/)
  })

  it.each([
    ['an event stream', { 'content-type': 'text/event-stream' }],
    ['an image', { 'content-type': 'image/png' }],
    ['what is encoded already', { 'content-type': 'text/html', 'content-encoding': 'gzip' }],
    ['a short body', { 'content-type': 'text/html', 'content-length': '12' }],
  ])('leaves %s as it is', async (_, headers) => {
    const app = appWith(() => new Response('twelve bytes', { headers }))
    const response = await get(app, 'gzip, br')
    expect(Buffer.from(await response.arrayBuffer()).toString()).toBe('twelve bytes')
  })

  it('weakens a strong ETag, whose bytes it changes, and varies on the coding', async () => {
    const app = appWith(() => new Response(long, { headers: { 'content-type': 'text/html', etag: '"abc"' } }))
    const response = await get(app, 'gzip')
    expect(response.headers.get('etag')).toBe('W/"abc"')
    expect(response.headers.get('vary')).toContain('Accept-Encoding')
  })
})
