import { data, redirect } from 'react-router'
import type { Route } from './+types/theme.ts'

/** Read by the server before it renders; a year, because a choice of light is not a session's business. */
const cookieName = 'rialto_theme'
const maxAgeSeconds = 365 * 24 * 60 * 60
const themes = ['system', 'light', 'dark']

/** Keeps the chosen theme in a cookie and goes back to the page it was chosen on. Not a secret, so no HttpOnly needed. */
export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const form = await request.formData()
  const theme = form.get('theme')
  if (typeof theme !== 'string' || !themes.includes(theme)) throw data(null, { status: 400 })
  const isSecure = new URL(request.url).protocol === 'https:'
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return redirect(pathOnThisSite(form.get('returnTo')), {
    status: 303,
    headers: { 'set-cookie': `${cookieName}=${theme}; ${attributes}` },
  })
}

export function loader(): never {
  throw data(null, { status: 404 })
}

/** The path and query of `value` if it stays on this origin, else the home page: a form must not become an open redirect. */
function pathOnThisSite(value: FormDataEntryValue | null): string {
  const base = 'http://site.invalid'
  if (typeof value !== 'string' || !value.startsWith('/') || !URL.canParse(value, base)) return '/'
  const url = new URL(value, base)
  return url.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : '/'
}
