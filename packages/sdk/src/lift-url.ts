import type { Denied } from './usage.ts'

/**
 * Where a denied person can lift the limit, and come back from to `returnTo`, an address at one of the origins that the agent
 * registered for signing in. Undefined: nothing can lift it.
 */
export function liftUrl({ purchaseUrl }: Pick<Denied, 'purchaseUrl'>, returnTo: string): string | undefined {
  if (purchaseUrl === undefined) return undefined
  const url = new URL(purchaseUrl)
  url.searchParams.set('return_to', returnTo)
  return url.href
}
