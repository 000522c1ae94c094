import { isIPv6 } from 'node:net'

/**
 * What counts as one place to attack from: an IPv4 address, or an IPv6 /64, of which one customer has at least a whole one
 * (RFC 6177).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  // The URL parser writes an address in full brackets and its canonical short form (RFC 5952).
  const canonical = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
