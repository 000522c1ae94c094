import { data } from 'react-router'
import type { RouterContextProvider } from 'react-router'
import { webContext } from '../../context.ts'

/** What the sandbox's pages work with. Throws 404 where payments are real: these pages don't exist there. */
export function sandboxRequest({ context }: { readonly context: Readonly<RouterContextProvider> }) {
  const { services, viewer, site } = context.get(webContext)
  if (services.sandbox === undefined) throw data(null, { status: 404 })
  return { sandbox: services.sandbox, viewer, site }
}

/** Who knows the address may open the page, so no cache may keep it. */
export const sandboxHeaders = () => ({ 'cache-control': 'no-store' })

/** Of the bank's question, as its form sends it. */
export function bankAnswerOf(text: string): 'succeeded' | 'failed' | undefined {
  return text === 'succeeded' || text === 'failed' ? text : undefined
}
