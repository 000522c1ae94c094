import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import { BlockList, isIP } from 'node:net'
import type { AppContext, AppEnv } from './api.ts'

/** Addresses and CIDR blocks whose forwarding headers are believed. */
export function createProxyList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

const isListed = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

interface Hops {
  readonly peer: string
  readonly forwardedFor: string | undefined
  readonly proxies: BlockList
}

/**
 * The client's address: the right-most entry of X-Forwarded-For that is not a trusted proxy, and only when the peer itself
 * is one. What an untrusted peer claims is ignored.
 */
export function clientAddressOf({ peer, forwardedFor, proxies }: Hops): string {
  if (forwardedFor === undefined || !isListed(proxies, plain(peer))) return plain(peer)
  const hops = forwardedFor.split(',').map((hop) => plain(hop.trim()))
  const client = hops.findLast((hop) => !isListed(proxies, hop))
  return client !== undefined && isIP(client) !== 0 ? client : plain(peer)
}

export const peerAddress = (c: AppContext): string => getConnInfo(c).remote.address ?? ''

export const isLoopbackAddress = (address: string): boolean =>
  plain(address).startsWith('127.') || plain(address) === '::1'

/** Sets `clientAddress`. */
export function clientAddress(proxies: BlockList): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const forwardedFor = c.req.header('x-forwarded-for')
    c.set('clientAddress', clientAddressOf({ peer: peerAddress(c), forwardedFor, proxies }))
    await next()
  }
}
