import type { Deps } from '#src/deps.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
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
  interaction(viewer: AccountViewer, id: string): Promise<InteractionDetail>
  readMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
  confirmMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
  leaveMailbox(ask: MailboxAsk): Promise<MailboxAnswer>
}

export interface AskedInteractions {
  readonly type: string | undefined
  readonly agent: string | undefined
  readonly cursor: string | undefined
}

export interface InteractionPage {
  readonly items: readonly Interaction[]
  readonly nextCursor: string | undefined
  readonly types: readonly string[]
}

export const createEngagementServices = (deps: Deps): EngagementServices => ({
  interactions: async (viewer, asked) => {
    await requireOperator(deps.db, viewer)
    return { ...(await listInteractions(deps, listingOf(asked))), types: interactionTypes }
  },
  interaction: async (viewer, id) => {
    await requireOperator(deps.db, viewer)
    if (!uuid.test(id)) throw new AppError('not_found')
    return getInteraction(deps, id)
  },
  readMailbox: (ask) => readMailbox(deps, ask),
  confirmMailbox: (ask) => confirmMailboxLink(deps, ask),
  leaveMailbox: (ask) => leaveByLink(deps, ask),
})

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/
const interactionsOnPage = 20

const listingOf = ({ type, agent, cursor }: AskedInteractions) => ({
  type: interactionTypes.find((known) => known === type),
  agent: agent !== undefined && slug.test(agent) ? agent : undefined,
  cursor: cursor !== undefined && uuid.test(cursor) ? cursor : undefined,
  limit: interactionsOnPage,
})
