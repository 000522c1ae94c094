import type { Deps } from '#src/deps.ts'
import { claimStates } from '#src/db/schema/index.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { checkClaim } from './check-claim.ts'
import { findClaimedAgent } from './claimed-agent.ts'
import type { ClaimedAgent } from './claimed-agent.ts'
import { allowsThisMachine } from './context.ts'
import { approveClaim } from './decide/approve-claim.ts'
import { countToDecide, getClaim, listClaims } from './decide/list-claims.ts'
import type { ClaimState } from './decide/list-claims.ts'
import { refuseClaim } from './decide/refuse-claim.ts'
import { attempt, parsed } from './outcome.ts'
import type { ClaimOutcome } from './outcome.ts'
import { readOwnClaim } from './read-own-claim.ts'
import { checkSchema, newClaimSchema, refusalSchema } from './schema.ts'
import type { Claim, OwnClaim } from './schema.ts'
import { startClaim } from './start-claim.ts'
import { withdrawClaim } from './withdraw-claim.ts'

/** What pages show and do about claims; texts come as they were typed. */
export interface ClaimServices {
  /** Undefined: it has no page. */
  page(whose: Whose): Promise<ClaimPage | undefined>
  start(start: Whose & { readonly typed: unknown }): Promise<ClaimOutcome>
  check(check: Whose & { readonly typed: unknown }): Promise<ClaimOutcome>
  withdraw(whose: Whose): Promise<ClaimOutcome>
  /** What is not understood of the filter is left out. Throws `forbidden`. */
  list(viewer: AccountViewer, asked: AskedClaims): Promise<ClaimListing>
  /** Throws `forbidden` and `not_found`. */
  get(viewer: AccountViewer, id: string): Promise<Claim>
  approve(viewer: AccountViewer, id: string): Promise<ClaimOutcome>
  refuse(viewer: AccountViewer, refusal: { readonly id: string; readonly typed: unknown }): Promise<ClaimOutcome>
  /** How many are proven and wait for an operator. */
  countToDecide(): Promise<number>
}

export interface ClaimPage {
  readonly agent: Omit<ClaimedAgent, 'id'>
  /** Theirs, of an organization that they own or administer. */
  readonly claim: OwnClaim | undefined
}

export interface AskedClaims {
  readonly state: string | undefined
  readonly cursor: string | undefined
}

export interface ClaimListing {
  readonly items: readonly Claim[]
  readonly nextCursor: string | undefined
  /** As it was understood. */
  readonly state: ClaimState
}

interface Whose {
  readonly slug: string
  readonly viewer: AccountViewer
}

const claimsOnPage = 20
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const createClaimServices = (deps: Deps): ClaimServices => ({
  page: (whose) => readPage(deps, whose),
  start: ({ typed, ...whose }) =>
    parsed({ schema: newClaimSchema, typed }, ({ organization }) => startClaim(deps, { ...whose, organization })),
  check: ({ typed, ...whose }) =>
    parsed({ schema: checkSchema, typed }, ({ method }) => checkClaim(deps, { ...whose, method })),
  withdraw: (whose) => attempt(() => withdrawClaim(deps, whose)),
  list: async (viewer, asked) => {
    await requireOperator(deps.db, viewer)
    const state = claimStates.find((known) => known === asked.state) ?? 'proven'
    const cursor = asked.cursor !== undefined && uuid.test(asked.cursor) ? asked.cursor : undefined
    return { ...(await listClaims(deps.db, { state, cursor, limit: claimsOnPage })), state }
  },
  get: async (viewer, id) => {
    await requireOperator(deps.db, viewer)
    return getClaim(deps.db, idOf(id))
  },
  approve: async (viewer, id) => {
    const { id: operatorId } = await requireOperator(deps.db, viewer)
    return attempt(() => approveClaim(deps, { claimId: idOf(id), operatorId }))
  },
  refuse: async (viewer, { id, typed }) => {
    const { id: operatorId } = await requireOperator(deps.db, viewer)
    return parsed({ schema: refusalSchema, typed }, ({ reason }) =>
      refuseClaim(deps, { claimId: idOf(id), operatorId, reason }),
    )
  },
  countToDecide: () => countToDecide(deps.db),
})

/** Throws `not_found` for what is no id at all. */
function idOf(id: string): string {
  if (uuid.test(id)) return id
  throw new AppError('not_found')
}

async function readPage(deps: Deps, { slug, viewer }: Whose): Promise<ClaimPage | undefined> {
  const rule = { allowsThisMachine: allowsThisMachine(deps) }
  const found = await findClaimedAgent(deps.db, { slug, ...rule })
  if (found === undefined) return undefined
  const { id: agentId, ...agent } = found
  const claim = await readOwnClaim(deps.db, { agentId, userId: viewer.id, ...rule })
  return { agent, claim: agent.isUnclaimed ? claim : undefined }
}
