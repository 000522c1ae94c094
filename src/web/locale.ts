import { parseAccept } from 'hono/utils/accept'

const fallback = 'en'
/** A browser sends a handful of languages; whoever sends more gets English numbers. */
const headerLengthMax = 500

/** The language that a visitor reads numbers in, as a BCP 47 tag that Intl knows: the first of `Accept-Language` (RFC 9110 §12.5.4). */
export function localeOf(acceptLanguage: string | undefined): string {
  if (acceptLanguage === undefined || acceptLanguage.length > headerLengthMax) return fallback
  for (const { type, q } of parseAccept(acceptLanguage)) {
    const locale = q > 0 ? supported(type) : undefined
    if (locale !== undefined) return locale
  }
  return fallback
}

/** Without its extensions, which could change digits and calendars. */
function supported(tag: string): string | undefined {
  try {
    const [locale] = Intl.NumberFormat.supportedLocalesOf(tag)
    return locale === undefined ? undefined : new Intl.Locale(locale).baseName
  } catch (error) {
    // Not a language tag at all, such as "*".
    if (error instanceof RangeError) return undefined
    throw error
  }
}
