import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'

/** All addresses of a name. Rejects with a `code`, such as `ENOTFOUND`. */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly LookupAddress[]>

const timeoutMs = 3_000
const triesMax = 2

interface NameServers {
  /** Addresses with a port where it is not 53; left out: the machine's own. */
  readonly servers?: readonly string[]
}

/**
 * Asks the machine's name servers for IPv4 and IPv6, and stops when the signal says so. The system's look-up could not be stopped: a
 * few slow names would hold the threads that all of its look-ups share. What stands in the machine's hosts file doesn't count, but
 * for `localhost` (RFC 6761 §6.3): strangers' servers are not there.
 */
export function createResolveHost({ servers }: NameServers = {}): ResolveHost {
  return async (hostname, signal) => {
    if (/(^|\.)localhost\.?$/.test(hostname)) return thisMachine
    const resolver = new Resolver({ timeout: timeoutMs, tries: triesMax })
    if (servers !== undefined) resolver.setServers(servers)
    const cancel = (): void => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
      if (four.status === 'rejected' && six.status === 'rejected') throw four.reason
      return [...addressesOf(four, 4), ...addressesOf(six, 6)]
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}

const thisMachine: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

const addressesOf = (result: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : []
