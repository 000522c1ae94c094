// Names of strangers' servers, asked of a real name server that answers as it pleases, or not at all.
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { createOutboundFetch, OutboundError } from '#src/integrations/outbound/index.ts'
import { createResolveHost } from '#src/integrations/outbound/resolve-host.ts'

/** RFC 1035 §3.2.2, RFC 3596 §2.1. */
const typeA = 1
const typeAaaa = 28

interface Zone {
  readonly a?: readonly number[]
  readonly aaaa?: readonly number[]
  /** RFC 1035 §4.1.1: 3 is "no such name". */
  readonly code?: number
  readonly isSilent?: boolean
}

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close()
})

async function nameServer(zone: Zone): Promise<{ readonly servers: string[]; asked(): number }> {
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', (query, from) => {
    asked += 1
    if (zone.isSilent !== true) socket.send(answerTo(query, zone), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  sockets.push(socket)
  return { servers: [`127.0.0.1:${socket.address().port}`], asked: () => asked }
}

/** The question again, and behind it one record of the type that was asked for, where the zone has it. */
function answerTo(query: Buffer, { a, aaaa, code = 0 }: Zone): Buffer {
  const questionEnd = query.indexOf(0, 12) + 5
  const type = query.readUInt16BE(questionEnd - 4)
  const record = type === typeA ? a : type === typeAaaa ? aaaa : undefined
  const head = Buffer.from(query.subarray(0, questionEnd))
  head.writeUInt16BE(0x8180 + code, 2)
  head.writeUInt16BE(record === undefined ? 0 : 1, 6)
  head.writeUInt32BE(0, 8)
  if (record === undefined) return head
  const rest = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, record.length, ...record])
  return Buffer.concat([head, rest])
}

const reasonOf = async (zone: Zone, timeoutMs = 5_000): Promise<string> => {
  const { servers } = await nameServer(zone)
  const outbound = createOutboundFetch({
    allowsLoopback: false,
    userAgent: 'x',
    resolve: createResolveHost({ servers }),
  })
  return outbound('http://agent.example/', { timeoutMs }).then(
    ({ status }) => String(status),
    (error: unknown) => (error instanceof OutboundError ? error.reason : `not expected: ${String(error)}`),
  )
}

const publicIpv4 = [8, 8, 8, 8]
const ownIpv6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

test('both kinds of address are asked for, and one that is not public refuses the name', async () => {
  const { servers } = await nameServer({ a: publicIpv4, aaaa: ownIpv6 })
  expect(await createResolveHost({ servers })('agent.example', AbortSignal.timeout(5_000))).toEqual([
    { address: '8.8.8.8', family: 4 },
    { address: '::1', family: 6 },
  ])
  expect(await reasonOf({ a: publicIpv4, aaaa: ownIpv6 })).toBe('refused_address')
  expect(await reasonOf({ a: [10, 1, 2, 3] })).toBe('refused_address')
  expect(await reasonOf({ aaaa: ownIpv6 })).toBe('refused_address')
})

test('a name that nobody has, or that has no address, is said', async () => {
  expect(await reasonOf({ code: 3 })).toBe('unresolvable')
  expect(await reasonOf({})).toBe('unresolvable')
})

test('a silent name server is not asked any longer than the request may take', async () => {
  expect(await reasonOf({ isSilent: true }, 100)).toBe('timeout')
  const { servers, asked } = await nameServer({ isSilent: true })
  await expect(createResolveHost({ servers })('agent.example', AbortSignal.timeout(100))).rejects.toMatchObject({
    code: 'ECANCELLED',
  })
  expect(asked()).toBeGreaterThan(0)
})

test('localhost is this machine, whoever is asked', async () => {
  const { servers, asked } = await nameServer({ a: publicIpv4 })
  const resolve = createResolveHost({ servers })
  for (const name of ['localhost', 'agent.localhost', 'localhost.']) {
    expect((await resolve(name, AbortSignal.timeout(1_000))).map(({ address }) => address)).toEqual([
      '127.0.0.1',
      '::1',
    ])
  }
  expect(asked()).toBe(0)
})
