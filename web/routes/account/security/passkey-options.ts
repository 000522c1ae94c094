import { cookieHeaders, textOf } from '../../account-access/account-request.ts'
import { waitText } from '../../account-access/account-words.ts'
import { wrongPassword } from '../current-password.tsx'
import { personRequest } from '../person-request.ts'
import type { Route } from './+types/passkey-options.ts'

/** For passkeys.js: what the browser needs to make a passkey, or why not. */
export async function action(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  const result = await people.beginPasskey(caller, textOf(await args.request.formData(), 'password'))
  switch (result.kind) {
    case 'begun':
      return Response.json({ options: result.options }, { headers: cookieHeaders(result.cookies) })
    case 'wrong_password':
      return Response.json({ refusal: `${wrongPassword.message} ${wrongPassword.remedy ?? ''}` }, { status: 400 })
    case 'too_many':
      return Response.json({ refusal: 'Twenty passkeys are enough. Remove one first.' }, { status: 409 })
    case 'rate_limited':
      return Response.json(
        { refusal: `That was tried too often. Wait ${waitText(result.retryAfterSeconds)}, then try again.` },
        { status: 429, headers: { 'retry-after': String(result.retryAfterSeconds) } },
      )
  }
}
