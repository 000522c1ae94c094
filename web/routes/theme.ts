import { data, redirect } from 'react-router'
import { pathOnThisSite } from '#web/return-to.ts'
import type { Route } from './+types/theme.ts'

/** Read by the server before it renders; a year, because a choice of light is not a session's business. */
const cookieName = 'rialto_theme'
const maxAgeSeconds = 365 * 24 * 60 * 60
const themes = ['system', 'light', 'dark']

/** Keeps the chosen theme in a cookie and goes back to the page it was chosen on. Not a secret, so no HttpOnly needed. */
export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const form = await request.formData()
  const theme = form.get('theme')
  const returnTo = String(form.get('returnTo') ?? '')
  if (typeof theme !== 'string' || !themes.includes(theme)) throw data(null, { status: 400 })
  const isSecure = new URL(request.url).protocol === 'https:'
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return redirect(pathOnThisSite(returnTo), {
    status: 303,
    headers: { 'set-cookie': `${cookieName}=${theme}; ${attributes}` },
  })
}

/** Nothing to see here: somebody reloaded the address of the form. */
export function loader(): Response {
  return redirect('/')
}
