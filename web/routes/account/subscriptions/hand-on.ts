import { redirect } from 'react-router'

interface Onward {
  readonly url: string
  readonly baseUrl: string
}

/**
 * Leads on to a page where money is paid. To another origin a form can't be redirected (CSP `form-action`): that is answered with
 * the address, for a page that hands over.
 */
export function handOn({ url, baseUrl }: Onward): { readonly handOverTo: string } {
  if (new URL(url, baseUrl).origin === new URL(baseUrl).origin) throw redirect(url, 303)
  return { handOverTo: url }
}
