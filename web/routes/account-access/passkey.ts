import { redirect } from 'react-router'
import { afterForm } from '../oauth/authorize-request.ts'
import { accountRequest, cookieHeaders, textOf } from './account-request.ts'
import { waitText } from './account-words.ts'
import type { Route } from './+types/passkey.ts'

export const loader = () => redirect('/sign-in')

/** For passkeys.js: first the challenge, then the answer to it, which signs in. */
export async function action(args: Route.ActionArgs) {
  const { account, caller, returnTo } = accountRequest(args)
  const { search, searchParams } = new URL(args.request.url)
  const credential = textOf(await args.request.formData(), 'credential')
  if (credential === '') {
    const begun = await account.beginPasskeySignIn(caller)
    if (begun.kind === 'begun') {
      return Response.json({ options: begun.options }, { headers: cookieHeaders(begun.cookies) })
    }
    return Response.json(
      { refusal: `That was tried too often. Wait ${waitText(begun.retryAfterSeconds)}, then try again.` },
      { status: 429 },
    )
  }
  const result = await account.signInWithPasskey(caller, credential)
  if (result.kind === 'signed_in') {
    return redirect(afterForm(returnTo), { status: 303, headers: cookieHeaders(result.cookies) })
  }
  searchParams.set('notice', 'passkey-failed')
  return redirect(search.length > 4_000 ? '/sign-in?notice=passkey-failed' : `/sign-in?${searchParams}`, 303)
}
