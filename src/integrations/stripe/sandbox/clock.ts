// What is due happens, each thing at its own moment, in order, in a transaction of its own.
import { collect } from './billing/collecting.ts'
import { finalizeInvoice } from './billing/invoicing.ts'
import { passTime } from './billing/renewing.ts'
import { nextPhase } from './billing/schedules.ts'
import { expireSession } from './resources/checkout.ts'
import type { Store } from './store.ts'
import type { Work } from './work.ts'

/** More than a year of a busy sandbox; what remains is done by the next call. */
const stepsMax = 100_000

/** Catches up with the business clock and tells how many steps that took. Safe in any number of processes. */
export async function catchUp(work: Work): Promise<number> {
  for (let steps = 0; steps < stepsMax; steps += 1) {
    if (!(await work.isAnythingDue())) return steps
    await work.nextDue(step)
  }
  return stepsMax
}

/** Does the next thing that time does to this object. */
async function step(store: Store, id: string): Promise<void> {
  const doc = await store.findAny(id)
  if (doc?.object === 'subscription') return passTime(store, doc)
  if (doc?.object === 'subscription_schedule') return nextPhase(store, doc)
  if (doc?.object === 'checkout.session') return void expireSession(store, doc)
  if (doc?.object !== 'invoice') throw new Error(`${id} is never due`)
  if (doc.status === 'draft') await finalizeInvoice(store, doc)
  await collect(store, doc, { isOffSession: true, isScheduled: true })
}
