import type { Caller } from '../../accounts/context.ts'
import { hasPassword, isFresh } from '../confirm-identity.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'
import { findBelongings, findPaidSubscriptions, findSubscribedAgents } from './belongings.ts'
import type { Obstacle, PaidSubscription } from './belongings.ts'

/** What somebody is told before they are asked whether to delete their account. */
export interface DeletionPreflight {
  readonly email: string
  /** What they have to show. `sign_in`: they have no password, and signed in too long ago. */
  readonly proof: 'none' | 'password' | 'sign_in'
  /** While there is one, the account can't be deleted. */
  readonly obstacles: readonly Obstacle[]
  /** Names of organizations that go along. */
  readonly ending: readonly string[]
  /** Names of organizations that go on without them. */
  readonly leaving: readonly string[]
  /** Names of agents they are subscribed to; at most 20. */
  readonly subscriptions: readonly string[]
  /** Those among them that are paid for: they end at once, and nothing is given back for the rest. */
  readonly paid: readonly PaidSubscription[]
}

export async function readDeletionPreflight(context: PeopleContext, caller: Caller): Promise<DeletionPreflight> {
  const person = await getPerson(context, caller)
  const { obstacles, ending, leaving } = await findBelongings(context.db, person.id)
  return {
    email: person.email,
    proof: await proofOf(context, person),
    obstacles,
    ending: ending.map(({ name }) => name),
    leaving: leaving.map(({ name }) => name),
    subscriptions: await findSubscribedAgents(context.db, person.id),
    paid: await findPaidSubscriptions(context.db, person.id),
  }
}

export async function proofOf(context: PeopleContext, person: Person): Promise<DeletionPreflight['proof']> {
  if (isFresh(person)) return 'none'
  return (await hasPassword(context, person)) ? 'password' : 'sign_in'
}
