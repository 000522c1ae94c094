import { z } from 'zod'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { countedMax, countEvents, listEvents } from './list-events.ts'
import type { EventFilter, EventPage } from './list-events.ts'
import { readEvent } from './read-event.ts'
import type { EventDetail } from './read-event.ts'
import { replayEvent } from './replay-event.ts'
import type { Replay } from './replay-event.ts'

type Viewer = AccountViewer | undefined

export interface EventListing extends EventPage {
  /** All that fit the filter, counted to `countedMax`. */
  readonly count: number
  readonly countedMax: number
}

interface Listing extends EventFilter {
  readonly cursor?: string | undefined
}

/** What operators' pages show of Stripe's events. Each call throws `unauthenticated` or `forbidden` for anybody else. */
export interface StripeEventServices {
  list(viewer: Viewer, listing: Listing): Promise<EventListing>
  /** Throws `not_found`. */
  read(viewer: Viewer, id: string): Promise<EventDetail>
  /** Throws `not_found`. */
  replay(viewer: Viewer, id: string): Promise<Replay>
}

const pageSize = 20

export const createStripeEventServices = (deps: Pick<Deps, 'db' | 'jobs'>): StripeEventServices => ({
  list: async (viewer, { cursor, ...filter }) => {
    await requireOperator(deps.db, viewer)
    const page = await listEvents(deps, { ...filter, cursor: isId(cursor) ? cursor : undefined, limit: pageSize })
    return { ...page, count: await countEvents(deps, filter), countedMax }
  },
  read: async (viewer, id) => {
    await requireOperator(deps.db, viewer)
    return readEvent(deps, requireId(id))
  },
  replay: async (viewer, id) => {
    const operator = await requireOperator(deps.db, viewer)
    return replayEvent(deps, { id: requireId(id), operatorId: operator.id })
  },
})

const isId = (id: string | undefined): id is string => z.uuid().safeParse(id).success

function requireId(id: string): string {
  if (!isId(id)) throw new AppError('not_found')
  return id
}
