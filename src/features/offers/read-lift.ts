import { and, eq } from 'drizzle-orm'
import { agentMetricDefinitions, agents, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { stateOf } from '#src/features/usage/index.ts'
import type { MeterState } from '#src/features/usage/index.ts'
import type { DenialReason, LiftSubject } from '#src/metering/index.ts'
import { readOffer } from './offered-tiers.ts'
import type { Offer } from './offered-tiers.ts'
import { returnAddress } from './return-address.ts'

/** What is behind a link that lifts a limit, for the person who opened it. */
export type Lift =
  /** Not one of ours, cut off, or about what is gone. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'other_account'
      readonly agentName: string
      /** "m•••@…", of who subscribed there. Of anybody else nothing is said: an agent can name whom it never met. */
      readonly maskedEmail: string | undefined
    }
  | OpenLift

export interface OpenLift extends Offer {
  readonly kind: 'open'
  readonly agent: LiftedAgent
  readonly metric: { readonly slug: string; readonly displayName: string; readonly unit: string }
  readonly meter: MeterState
  /** Why one more unit would be denied now. Undefined: it would be allowed. */
  readonly reason: DenialReason | undefined
  /** The agent's own address to go back to, if it gave one that is its. */
  readonly backTo: string | undefined
}

interface LiftedAgent {
  readonly slug: string
  readonly name: string
  /** It has a page. */
  readonly isPublished: boolean
  readonly isLaunchable: boolean
}

export interface WhichLift {
  readonly token: string
  readonly viewerId: string
  readonly returnTo: string | null
}

type LiftDeps = Pick<Deps, 'db' | 'liftLinks' | 'usage'>

export async function readLift(deps: LiftDeps, { token, viewerId, returnTo }: WhichLift): Promise<Lift> {
  const subject = deps.liftLinks.read(token)
  const found = subject && (await findSubject(deps, subject))
  if (subject === undefined || found === undefined) return { kind: 'unknown' }
  const { agent, metric } = found
  if (subject.userId !== viewerId) {
    return { kind: 'other_account', agentName: agent.name, maskedEmail: await findMaskedEmail(deps, subject) }
  }
  const answer = await deps.usage.check({ ...subject, delta: 1 })
  if (answer.kind === 'fault') return { kind: 'unknown' }
  const isPublished = agent.status === 'published'
  const offer = await readOffer(deps, { agentId: agent.id, userId: viewerId })
  const denial = answer.kind === 'denied' ? answer.reason : undefined
  return {
    kind: 'open',
    agent: {
      slug: agent.slug,
      name: agent.name,
      isPublished,
      isLaunchable: isPublished && agent.initiateLoginUri !== null && agent.oauthClientId !== null,
    },
    metric,
    meter: stateOf(metric.slug, answer.meter),
    // Also for whom another reason came first.
    reason: agent.status === 'suspended' ? 'suspended' : denial,
    backTo: returnAddress(returnTo, agent.redirectUris),
    hasSubscription: offer.hasSubscription,
    subscription: offer.subscription,
    metrics: offer.metrics,
    addons: offer.addons,
    // What nobody can take any more is shown to who has it.
    tiers: offer.tiers.filter(({ isTheirs }) => isPublished || isTheirs),
  }
}

async function findSubject({ db }: Pick<Deps, 'db'>, { agentId, metric: slug }: LiftSubject) {
  const [found] = await db
    .select({
      agent: agents,
      metric: {
        slug: agentMetricDefinitions.slug,
        displayName: agentMetricDefinitions.displayName,
        unit: agentMetricDefinitions.unit,
      },
    })
    .from(agents)
    .innerJoin(agentMetricDefinitions, eq(agentMetricDefinitions.agentId, agents.id))
    .where(and(eq(agents.id, agentId), eq(agentMetricDefinitions.slug, slug)))
  return found
}

async function findMaskedEmail(
  { db }: Pick<Deps, 'db'>,
  { userId, agentId }: LiftSubject,
): Promise<string | undefined> {
  const [found] = await db
    .select({ email: user.email })
    .from(user)
    .innerJoin(userAgentSubscriptions, eq(userAgentSubscriptions.userId, user.id))
    .where(and(eq(user.id, userId), eq(userAgentSubscriptions.agentId, agentId)))
    .limit(1)
  const [first] = found?.email ?? ''
  return first && `${first}•••@…`
}
