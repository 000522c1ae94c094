import { useNonce } from '../nonce.ts'

/**
 * The marketplace's own accent over Rialto's tokens. In the document itself, so that the first paint is right; the selector is
 * stronger than theirs, so it doesn't matter which comes last.
 */
export function AccentStyle({ properties }: { properties: string | undefined }) {
  const nonce = useNonce()
  if (properties === undefined) return null
  // Only from two checked #rrggbb; the browser hides nonces from scripts, so there it can't match.
  return (
    <style nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: `html:root{${properties}}` }} />
  )
}
