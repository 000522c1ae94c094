import { useStyleNonce } from '../nonce.ts'

interface AccentStyleProps {
  /** Declarations that the server made of two checked colours; undefined: Rialto's tokens stay. */
  readonly properties: string | undefined
  /** A class that they are for; left out: the whole page. */
  readonly within?: string
}

/**
 * The marketplace's own accent over Rialto's tokens. In the document itself, so that the first paint is right; the selector is
 * stronger than theirs, so it doesn't matter which comes last.
 */
export function AccentStyle({ properties, within }: AccentStyleProps) {
  const selector = within === undefined ? 'html:root' : `.${within}`
  const css = properties === undefined ? undefined : `${selector}{${properties}}`
  const nonce = useStyleNonce(css)
  if (css === undefined) return null
  // The browser hides nonces from scripts, so there it can't match.
  return <style nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: css }} />
}
