import { createContext, useContext } from 'react'

const NonceContext = createContext<string | undefined>(undefined)

export const NonceProvider = NonceContext.Provider

/** The request's script nonce while rendering on the server; undefined in the browser, which hides nonces (HTML §3.2.6.6). */
export const useNonce = (): string | undefined => useContext(NonceContext)
