import type { Deps } from '#src/deps.ts'
import { readMeters } from '#src/features/usage/index.ts'
import type { SubscriptionMeter } from '#src/features/usage/index.ts'
import {
  findBoughtAddon,
  findBuyer,
  findFavourite,
  findLaunch,
  findSignIn,
  findTourAgent,
  findTrial,
  readMonth,
} from './read-facts.ts'
import type { BoughtAddon, Buyer, Launch, Month, TourAgent, Trial } from './read-facts.ts'
import { findRestart, findSameRequest, findStop, readLedger } from './read-use.ts'
import type { Ledger, Restart, SameRequest, Stop } from './read-use.ts'

/** What the database says of each step; undefined: that has not happened. */
export interface TourFacts {
  readonly signIn: { readonly at: Date } | undefined
  readonly favourite: { readonly at: Date } | undefined
  readonly trial: Trial | undefined
  readonly launch: Launch | undefined
  readonly stop: Stop | undefined
  readonly addon: BoughtAddon | undefined
  readonly sameRequest: SameRequest | undefined
  readonly restart: Restart | undefined
  /** Undefined where payments are Stripe's: its clock is nobody's to move. */
  readonly month: Month | undefined
}

export interface Tour {
  readonly agent: Pick<TourAgent, 'slug' | 'name' | 'origin'>
  readonly buyer: Buyer
  readonly facts: TourFacts
  readonly ledger: Ledger | undefined
  /** What may be used now. */
  readonly meters: readonly SubscriptionMeter[]
  /** Of this process. */
  readonly pid: number
}

/** How far the demo buyer has come, read anew each time. Undefined where the sample agent or the buyer is not there. */
export async function readTour(deps: Pick<Deps, 'config' | 'db' | 'payments'>): Promise<Tour | undefined> {
  const { db, payments } = deps
  const [agent, buyer] = await Promise.all([findTourAgent(db), findBuyer(db)])
  if (agent === undefined || buyer === undefined) return undefined
  const whose = { agent, buyer }
  const [signedIn, favourite, trial, launch] = await Promise.all([
    findSignIn(db, whose),
    findFavourite(db, whose),
    findTrial(db, whose),
    findLaunch(db, whose),
  ])
  const used = trial && (await readUsed(deps, { trial, buyer }))
  const month = payments.sandbox === undefined ? undefined : await readMonth(db, trial)
  // Who has since signed out everywhere had to be signed in to start the trial.
  const signIn = signedIn ?? (trial && { at: trial.startedAt })
  const { ledger, meters, ...facts } = used ?? nothingUsed
  return {
    agent,
    buyer,
    ledger,
    meters,
    pid: process.pid,
    facts: { signIn, favourite, trial, launch, month, ...facts },
  }
}

const nothingUsed = {
  meters: [],
  ledger: undefined,
  stop: undefined,
  addon: undefined,
  sameRequest: undefined,
  restart: undefined,
}

interface OnTrial {
  readonly trial: Trial
  readonly buyer: Buyer
}

async function readUsed(deps: Pick<Deps, 'config' | 'db'>, { trial, buyer }: OnTrial) {
  const { db } = deps
  const subscription = { id: trial.subscriptionId, userId: buyer.id, agentId: trial.agentId }
  const [ledger, stop, addon, sameRequest, restart, meters] = await Promise.all([
    readLedger(db, trial),
    findStop(db, trial),
    findBoughtAddon(db, trial),
    findSameRequest(db, trial),
    findRestart(db, trial),
    readMeters(deps, subscription),
  ])
  return { ledger, stop, addon, sameRequest, restart, meters }
}
