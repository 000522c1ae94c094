import type { Caller } from '../../accounts/context.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext } from '../context.ts'
import { takeChange } from './change-link.ts'

/** Forgets a change that waits for its confirmation. Without one it does nothing. */
export async function cancelEmailChange(context: PeopleContext, caller: Caller): Promise<void> {
  const person = await getPerson(context, caller)
  await takeChange(context.db, person.id)
}
