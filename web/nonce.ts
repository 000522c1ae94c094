import { createContext, useContext } from 'react'

/** How what stands inline gets into the page's policy. */
interface InlineAllowance {
  /** Undefined in a page that others will get too. */
  readonly nonce: string | undefined
  /** Has a style named by its hash. */
  allowStyle(css: string): void
}

const InlineContext = createContext<InlineAllowance | undefined>(undefined)

export const InlineProvider = InlineContext.Provider

/** The request's script nonce while rendering on the server; undefined in the browser, which hides nonces (HTML §3.2.6.6). */
export const useNonce = (): string | undefined => useContext(InlineContext)?.nonce

/** The nonce for an inline style that says `css`, which is allowed by its hash where there is none. */
export function useStyleNonce(css: string | undefined): string | undefined {
  const allowance = useContext(InlineContext)
  if (css !== undefined && allowance?.nonce === undefined) allowance?.allowStyle(css)
  return allowance?.nonce
}
