import type { ProviderClient } from './clients.ts'

/** Whether a client registered this address: letter by letter, but for the port of a native app's loopback address (RFC 8252 §7.3). */
export function isRegistered(
  { applicationType, redirectUris }: Pick<ProviderClient, 'applicationType' | 'redirectUris'>,
  uri: string,
): boolean {
  if (redirectUris.includes(uri)) return true
  const plain = applicationType === 'native' ? withoutLoopbackPort(uri) : undefined
  return plain !== undefined && redirectUris.some((registered) => withoutLoopbackPort(registered) === plain)
}

const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?][^#\s\\]*)?)$/

/** Undefined for an address that is no loopback one. */
function withoutLoopbackPort(uri: string): string | undefined {
  const [, origin, path] = loopback.exec(uri) ?? []
  return origin === undefined ? undefined : `${origin}${path}`
}
