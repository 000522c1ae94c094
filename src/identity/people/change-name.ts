import { authHeaders } from '../accounts/context.ts'
import type { Caller, Cookies } from '../accounts/context.ts'
import { parseName } from '../accounts/input.ts'
import type { NameProblem } from '../accounts/input.ts'
import type { PeopleContext } from './context.ts'

export type ChangeNameResult =
  | { readonly kind: 'changed'; readonly cookies: Cookies }
  | { readonly kind: 'invalid'; readonly problem: NameProblem }

interface ChangeName {
  readonly caller: Caller
  readonly name: string
}

export async function changeName(
  { auth }: PeopleContext,
  { caller, name: text }: ChangeName,
): Promise<ChangeNameResult> {
  const name = parseName(text)
  if (name.problem !== undefined) return { kind: 'invalid', problem: name.problem }
  const { headers } = await auth.server.api.updateUser({
    body: { name: name.value },
    headers: authHeaders(caller),
    returnHeaders: true,
  })
  return { kind: 'changed', cookies: headers.getSetCookie() }
}
