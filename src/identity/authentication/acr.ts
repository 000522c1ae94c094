/**
 * How sure it is that a person is who they say, strongest first; each includes those after it. Why these: docs/decisions/015.
 * `phr`: phishing-resistant (OpenID Connect EAP ACR Values §2).
 */
export const acrValues = ['phr', 'urn:rialto:acr:mfa', 'urn:rialto:acr:pwd'] as const

export type Acr = (typeof acrValues)[number]

/** The method (RFC 8176) without which a sign-in is not of this class. */
const neededMethod: Readonly<Record<Acr, string>> = {
  phr: 'pop',
  'urn:rialto:acr:mfa': 'mfa',
  'urn:rialto:acr:pwd': 'pwd',
}

export const isAcr = (text: string): text is Acr => (acrValues as readonly string[]).includes(text)

/** The strongest class that these methods reach; undefined when nobody noted any. */
export const reachedAcr = (methods: readonly string[]): Acr | undefined =>
  acrValues.find((acr) => methods.includes(neededMethod[acr]))

export function meets(methods: readonly string[], wanted: Acr): boolean {
  const reached = reachedAcr(methods)
  return reached !== undefined && acrValues.indexOf(reached) <= acrValues.indexOf(wanted)
}

/**
 * What a token says of a sign-in with these methods: the first of the classes that were asked for which it meets (OpenID Connect
 * Core §3.1.2.1: they come in order of preference), else the strongest one.
 */
export const statedAcr = (methods: readonly string[], asked: readonly string[]): Acr | undefined =>
  asked.filter(isAcr).find((acr) => meets(methods, acr)) ?? reachedAcr(methods)
