const lengthMax = 2_000

/**
 * Where a person may be sent back to: at one of the origins that the agent registered for signing in, over http or https, and
 * without a name or password in it. Undefined: nowhere.
 */
export function returnAddress(text: string | null, redirectUris: readonly string[]): string | undefined {
  if (text === null || text.length > lengthMax || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '') return undefined
  const origins = redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin)
  return origins.includes(url.origin) ? url.href : undefined
}
