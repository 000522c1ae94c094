import { z } from 'zod'
import { isAcr } from '../authentication/acr.ts'
import type { Acr } from '../authentication/acr.ts'
import { scopesOf } from './scopes.ts'

const claimsWithAcr = z.looseObject({
  id_token: z.looseObject({
    acr: z
      .looseObject({
        essential: z.boolean().optional(),
        value: z.string().optional(),
        values: z.array(z.string()).optional(),
      })
      .nullable(),
  }),
})

/** What an agent wants to know about the sign-in; any of the classes will do. Empty: it does not care. */
export type AcrRequest =
  | { readonly kind: 'wanted'; readonly classes: readonly Acr[] }
  /** It must have one that we don't know (OpenID Connect Core §5.5.1.1). */
  | { readonly kind: 'impossible' }

/**
 * Reads `acr_values` and the `acr` of the `claims` parameter, and leaves both in `acr_values`: the provider only knows an acr of
 * "0". Classes that nobody here knows are left aside, as those of `acr_values` are a wish.
 */
export function takeAcrRequest(query: URLSearchParams): AcrRequest {
  const asked = takeFromClaims(query)
  if (asked !== undefined) {
    const values = asked.values ?? (asked.value === undefined ? [] : [asked.value])
    if (asked.essential === true && values.length > 0 && !values.some(isAcr)) return { kind: 'impossible' }
    if (values.length > 0) query.set('acr_values', values.join(' '))
  }
  return { kind: 'wanted', classes: scopesOf(query.get('acr_values')).filter(isAcr) }
}

function takeFromClaims(query: URLSearchParams) {
  const { success, data } = claimsWithAcr.safeParse(parseJson(query.get('claims')))
  // What is no such request is the provider's to refuse.
  if (!success) return undefined
  const { acr, ...others } = data.id_token
  query.set('claims', JSON.stringify({ ...data, id_token: others }))
  return acr ?? undefined
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
