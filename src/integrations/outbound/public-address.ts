import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whether an address is one of the public internet: not private, loopback, link-local, shared (RFC 6598), multicast, documentation
 * or otherwise reserved, also where IPv6 only wraps such a one (IPv4-mapped, NAT64, 6to4, Teredo). Cloud metadata services are
 * among what is refused.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  return rangeOf(parsed) === 'unicast' && !platformAddresses.has(ipaddr.process(address).toString())
}

/** Looks public, but leads to the platform that a machine runs on: Azure's own services, which tell of it whoever asks. */
const platformAddresses: ReadonlySet<string> = new Set(['168.63.129.16'])

/** 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback'
}

type Address = ReturnType<typeof ipaddr.parse>

function rangeOf(address: Address): string {
  if (!(address instanceof ipaddr.IPv6)) return address.range()
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range()
  // What only leads on to an IPv4 address has ranges of their own there, none of which is `unicast`.
  return address.range()
}
