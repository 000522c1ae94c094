// Asking a stranger's server, at a real server and with names that lead where they please.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutboundFetch, OutboundError } from '#src/integrations/outbound/index.ts'
import type { OutboundOptions } from '#src/integrations/outbound/index.ts'

const loopback = [{ address: '127.0.0.1', family: 4 }]
const names: Record<string, readonly { address: string; family: number }[]> = {
  'agent.example': loopback,
  'inside.example': [{ address: '10.1.2.3', family: 4 }],
  'both.example': [
    { address: '8.8.8.8', family: 4 },
    { address: '169.254.169.254', family: 4 },
  ],
  'nowhere.example': [],
}
const resolve = (hostname: string) =>
  hostname in names ? Promise.resolve(names[hostname] ?? []) : Promise.reject(new Error('ENOTFOUND'))
const local = createOutboundFetch({ allowsLoopback: true, userAgent: 'Rialto/test', resolve })
const strict = createOutboundFetch({ allowsLoopback: false, userAgent: 'Rialto/test', resolve })

const servers: Server[] = []
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://agent.example:${(server.address() as AddressInfo).port}`
}

let origin: string
let seen: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[] = []
beforeAll(async () => {
  origin = await serve((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers })
    const path = request.url ?? ''
    if (path === '/file') response.writeHead(200, { 'content-type': 'text/plain' }).end('here')
    else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end()
    else if (path === '/twice') response.writeHead(301, { location: '/once' }).end()
    else if (path === '/once') response.writeHead(307, { location: '/file' }).end()
    else if (path === '/inside') response.writeHead(302, { location: 'http://inside.example/' }).end()
    else if (path === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end()
    else if (path === '/script') response.writeHead(302, { location: 'javascript:alert(1)' }).end()
    else if (path === '/endless') setInterval(() => response.write('x'.repeat(10_000)), 1).unref()
    else if (path === '/slow') response.writeHead(200).write('a')
    else if (path !== '/silent') response.writeHead(404).end('nothing')
  })
})
afterAll(() => {
  for (const server of servers) server.close()
})

const reasonOf = async (url: string, options: OutboundOptions = {}, fetch = local): Promise<string> => {
  try {
    const { status } = await fetch(url, options)
    return String(status)
  } catch (error) {
    return error instanceof OutboundError ? error.reason : `not expected: ${String(error)}`
  }
}

test('reads what is there, and says who asks and nothing else', async () => {
  seen = []
  const { status, body, contentType, url, durationMs } = await local(`${origin}/file`, { accept: 'text/plain' })
  expect({ status, body: body.toString(), contentType, url }).toEqual({
    status: 200,
    body: 'here',
    contentType: 'text/plain',
    url: `${origin}/file`,
  })
  expect(durationMs).toBeGreaterThanOrEqual(0)
  expect(Object.keys(seen[0]?.headers ?? {}).toSorted()).toEqual(['accept', 'connection', 'host', 'user-agent'])
  expect(await reasonOf(`${origin}/other`)).toBe('404')
})

test('follows redirects, each checked as the first address was, and only so many', async () => {
  expect((await local(`${origin}/twice`)).url).toBe(`${origin}/file`)
  expect(await reasonOf(`${origin}/twice`, { redirectsMax: 1 })).toBe('too_many_redirects')
  seen = []
  expect(await reasonOf(`${origin}/loop`)).toBe('too_many_redirects')
  expect(seen).toHaveLength(4)
  expect(await reasonOf(`${origin}/inside`)).toBe('refused_address')
  expect(await reasonOf(`${origin}/metadata`)).toBe('refused_address')
  expect(await reasonOf(`${origin}/script`)).toBe('invalid_address')
})

test.each([
  ['http://inside.example/', 'refused_address'],
  ['http://both.example/', 'refused_address'],
  ['http://nowhere.example/', 'unresolvable'],
  ['http://unknown.example/', 'unresolvable'],
  ['ftp://agent.example/', 'invalid_address'],
  ['file:///etc/passwd', 'invalid_address'],
  ['http://agent.example:25/', 'invalid_address'],
  ['http://me:secret@agent.example/', 'invalid_address'],
  ['not an address', 'invalid_address'],
  ['http://agent.example\0/', 'invalid_address'],
])('%j: %s', async (url, reason) => {
  expect(await reasonOf(url)).toBe(reason)
})

test('this machine is refused where it is not a demo, by name and by number', async () => {
  const { port } = new URL(origin)
  const system = createOutboundFetch({ allowsLoopback: false, userAgent: 'Rialto/test' })
  for (const host of ['127.0.0.1', '127.1', '0x7f000001', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
    expect([host, await reasonOf(`http://${host}:${port}/file`, {}, system)]).toEqual([host, 'refused_address'])
  }
  expect(await reasonOf(`${origin}/file`, {}, strict)).toBe('refused_address')
})

test('a name that leads elsewhere the next time does not lead there', async () => {
  let asked = 0
  const rebinding = createOutboundFetch({
    allowsLoopback: true,
    userAgent: 'Rialto/test',
    resolve: async () => {
      asked += 1
      return asked === 1 ? loopback : [{ address: '10.1.2.3', family: 4 }]
    },
  })
  expect((await rebinding(`${origin}/file`)).status).toBe(200)
  expect(asked).toBe(1)
})

test('waits no longer, and reads no more, than it was told', async () => {
  expect(await reasonOf(`${origin}/silent`, { timeoutMs: 200 })).toBe('timeout')
  expect(await reasonOf(`${origin}/slow`, { timeoutMs: 200 })).toBe('timeout')
  expect(await reasonOf(`${origin}/endless`, { bytesMax: 100_000 })).toBe('too_large')
  const never = createOutboundFetch({ allowsLoopback: true, userAgent: 'x', resolve: () => new Promise(() => {}) })
  expect(await reasonOf(origin, { timeoutMs: 100 }, never)).toBe('timeout')
})

async function serveRaw(answer: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(answer))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://agent.example:${(server.address() as AddressInfo).port}/`
}

test('a server that changes to another protocol is not waited for', async () => {
  const changing = await serveRaw('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n')
  expect(await reasonOf(changing)).toBe('connection_failed')
})

test('a body that was cut off for its time is none', async () => {
  const dripping = await serveRaw('HTTP/1.1 200 OK\r\n\r\nthe beginning')
  expect(await reasonOf(dripping, { timeoutMs: 200 })).toBe('timeout')
})

test('a server that is not there, or speaks something else, is said', async () => {
  const mumbling = createTcpServer((socket) => socket.end('hello\r\n')).listen(0, '127.0.0.1')
  await once(mumbling, 'listening')
  servers.push(mumbling)
  const { port } = mumbling.address() as AddressInfo
  expect(await reasonOf(`http://agent.example:${port}/`)).toBe('connection_failed')
  expect(await reasonOf(`https://agent.example:${port}/`)).toBe('connection_failed')
  expect(await reasonOf('http://agent.example:1025/')).toBe('connection_failed')
})
