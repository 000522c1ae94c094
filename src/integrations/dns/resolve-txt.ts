import { Resolver } from 'node:dns/promises'

/** The TXT records of a name, each in the pieces that it came in. Rejects with a `code`, such as `ENOTFOUND`. */
export type ResolveTxt = (name: string) => Promise<readonly (readonly string[])[]>

const timeoutMs = 3_000
const triesMax = 2

/** Asks the machine's name servers, and waits for about six seconds at most for each of them. */
export function createResolveTxt(): ResolveTxt {
  const resolver = new Resolver({ timeout: timeoutMs, tries: triesMax })
  return (name) => resolver.resolveTxt(name)
}
