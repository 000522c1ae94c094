import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { PageBody } from './page-body.server.ts'

describe('the body of a page', () => {
  it('leaves in one chunk for each flush, and whole', async () => {
    const body = new PageBody()
    for (const piece of ['<html>', '<p>é</p>']) body.write(piece)
    body.flush()
    body.flush()
    body.write(Buffer.from('<p>late</p>'))
    body.end('</html>')
    const chunks: string[] = []
    for await (const chunk of body.stream) chunks.push(new TextDecoder().decode(chunk))
    expect(chunks).toEqual(['<html><p>é</p>', '<p>late</p></html>'])
  })

  it('closes when the visitor leaves, so that nothing more is rendered', async () => {
    const body = new PageBody()
    body.write('<html>')
    const closed = once(body, 'close')
    await body.stream.cancel()
    await closed
    expect(() => body.flush()).not.toThrow()
    expect(body.destroyed).toBe(true)
  })

  it('fails when rendering does', async () => {
    const body = new PageBody()
    body.on('error', () => undefined)
    const read = body.stream.getReader().read()
    body.destroy(new Error('given up'))
    await expect(read).rejects.toThrow('given up')
  })
})
