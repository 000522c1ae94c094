import { readBusinessNow } from '#src/db/business-now.ts'
import type { Deps } from '#src/deps.ts'
import { parseEmail, requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { findListedAgent } from './agent.ts'
import type { ListedAgent } from './agent.ts'
import { attempt } from './attempt.ts'
import type { Outcome } from './attempt.ts'
import { addFavourite, favouritesAmong, listFavourites, removeFavourite } from './favourites/favourites.ts'
import type { Favourite } from './favourites/favourites.ts'
import { countInstalls, install, noteLaunch, uninstall } from './installs/installs.ts'
import { readStanding } from './read-standing.ts'
import type { Standing } from './read-standing.ts'
import { joinWaitlist } from './waitlist/join-waitlist.ts'
import type { Joined, JoinWaitlist } from './waitlist/join-waitlist.ts'
import { leaveWaitlist } from './waitlist/own-entry.ts'
import type { OwnEntry } from './waitlist/own-entry.ts'
import { getInteraction, listInteractions } from './interactions/list-interactions.ts'
import type { Interaction, InteractionDetail } from './interactions/list-interactions.ts'
import { interactionTypes } from './interactions/types.ts'
import { confirmMailboxLink, leaveByLink, readMailbox } from './links/confirm-mailbox.ts'
import type { MailboxAnswer, MailboxAsk } from './links/confirm-mailbox.ts'

/** What the pages show and do around an agent, short of paying for it. */
export interface EngagementServices {
  /** Newest first. What is not understood of the filter is left out. Throws `forbidden`. */
  interactions(viewer: AccountViewer, asked: AskedInteractions): Promise<InteractionPage>
  /** Throws `forbidden` and `not_found`. */
  interaction(viewer: AccountViewer, id: string): Promise<InteractionDetail & Pick<InteractionPage, 'now'>>
  /** Undefined: it has no page. */
  agent(slug: string): Promise<ListedAgent | undefined>
  /** How many people have installed it; see installs.ts for who counts. */
  countInstalls(agentId: string): Promise<number>
  install(which: OfAgent): Promise<Outcome>
  uninstall(which: OfAgent): Promise<Outcome>
  noteLaunch(which: OfAgent): Promise<void>
  /** All of theirs, the latest first. */
  favourites(userId: string): Promise<readonly Favourite[]>
  /** Which of these are among theirs; for somebody who is not signed in, none. */
  favouritesAmong(slugs: readonly string[], userId: string | undefined): Promise<readonly string[]>
  setFavourite(which: OfAgent & { readonly isFavourite: boolean }): Promise<Outcome>
  /** For who is not signed in, too. Undefined: it has no page. */
  standing(whose: Parameters<typeof readStanding>[1]): Promise<Standing | undefined>
  joinWaitlist(join: JoinWaitlist): Promise<WaitlistOutcome>
  leaveWaitlist(own: OwnEntry): Promise<Outcome>
  readMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
  confirmMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
  leaveMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
}

interface OfAgent {
  readonly slug: string
  readonly userId: string
}

export type WaitlistOutcome =
  | { readonly kind: Joined }
  | { readonly kind: 'invalid'; readonly problem: 'missing' | 'malformed' }
  | Outcome

export interface AskedInteractions {
  readonly type: string | undefined
  readonly agent: string | undefined
  readonly cursor: string | undefined
}

export interface InteractionPage {
  readonly items: readonly Interaction[]
  readonly nextCursor: string | undefined
  readonly types: readonly string[]
  /** The business clock, which they are shown by. */
  readonly now: string
}

export const createEngagementServices = (deps: Deps): EngagementServices => ({
  interactions: async (viewer, asked) => {
    await requireOperator(deps.db, viewer)
    const [page, now] = await Promise.all([listInteractions(deps, listingOf(asked)), readBusinessNow(deps.db)])
    return { ...page, types: interactionTypes, now }
  },
  interaction: async (viewer, id) => {
    await requireOperator(deps.db, viewer)
    if (!uuid.test(id)) throw new AppError('not_found')
    const [interaction, now] = await Promise.all([getInteraction(deps, id), readBusinessNow(deps.db)])
    return { ...interaction, now }
  },
  agent: (slug) => findListedAgent(deps.db, slug),
  countInstalls: (agentId) => countInstalls(deps.db, agentId),
  install: (which) => attempt(() => install(deps, which)),
  uninstall: (which) => attempt(() => uninstall(deps, which)),
  noteLaunch: (which) => noteLaunch(deps, which),
  favourites: (userId) => listFavourites(deps.db, userId),
  favouritesAmong: async (slugs, userId) =>
    userId === undefined || slugs.length === 0 ? [] : favouritesAmong(deps.db, { slugs, userId }),
  setFavourite: ({ isFavourite, ...which }) =>
    attempt(() => (isFavourite ? addFavourite(deps, which) : removeFavourite(deps, which))),
  standing: (whose) => readStanding(deps.db, whose),
  joinWaitlist: (join) => joinFromPage(deps, join),
  leaveWaitlist: (own) => attempt(() => leaveWaitlist(deps, own)),
  readMailbox: (ask) => readMailbox(deps, ask),
  confirmMailbox: (ask) => confirmMailboxLink(deps, ask),
  leaveMailbox: (ask) => leaveByLink(deps, ask),
})

async function joinFromPage(deps: Deps, join: JoinWaitlist): Promise<WaitlistOutcome> {
  const { problem } = parseEmail(join.email)
  if (problem !== undefined) return { kind: 'invalid', problem }
  let joined: Joined = 'asked'
  const outcome = await attempt(async () => {
    joined = await joinWaitlist(deps, join)
  })
  return outcome.kind === 'done' ? { kind: joined } : outcome
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/
const interactionsOnPage = 20

const listingOf = ({ type, agent, cursor }: AskedInteractions) => ({
  type: interactionTypes.find((known) => known === type),
  agent: agent !== undefined && slug.test(agent) ? agent : undefined,
  cursor: cursor !== undefined && uuid.test(cursor) ? cursor : undefined,
  limit: interactionsOnPage,
})
