import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '#src/db/client.ts'
import { openStatuses } from '#src/db/schema/business.ts'
import { operatorRole } from '../../operators/pending-grant.ts'
import { roleOf } from '../../organizations/membership.ts'
import { fateOf } from './rules.ts'

/** Why an account can't be deleted yet. */
export type Obstacle =
  | { readonly kind: 'last_operator' }
  /** Of an organization that would be left without an owner. */
  | {
      readonly kind: 'last_owner'
      readonly name: string
      readonly slug: string
      readonly otherMembers: number
      readonly agents: number
    }

interface NamedOrganization {
  readonly id: string
  readonly name: string
}

/** What a person's account holds up, takes along, and leaves. */
export interface Belongings {
  readonly obstacles: readonly Obstacle[]
  /** Go with the account: nobody else is in them and they own no agents. */
  readonly ending: readonly NamedOrganization[]
  readonly leaving: readonly NamedOrganization[]
}

/** All of them, because a last owner must not slip through a limit; how many one can make is limited when they are made. */
export async function findBelongings(db: Database | Transaction, userId: string): Promise<Belongings> {
  const { rows } = await db.execute(sql`
    SELECT organization.id, organization.name, organization.slug, own.role,
      (SELECT count(*)::int FROM organization_member AS other
        WHERE other.organization_id = organization.id AND other.user_id <> own.user_id) AS members,
      (SELECT count(*)::int FROM organization_member AS other
        WHERE other.organization_id = organization.id AND other.user_id <> own.user_id AND other.role = 'owner') AS owners,
      (SELECT count(*)::int FROM agents WHERE agents.organization_id = organization.id) AS agents
    FROM organization_member AS own JOIN organization ON organization.id = own.organization_id
    WHERE own.user_id = ${userId} ORDER BY organization.name, organization.id`)
  const organizations = rows.map((row) => {
    const standing = {
      role: roleOf(String(row['role'])),
      otherMembers: Number(row['members']),
      otherOwners: Number(row['owners']),
      agents: Number(row['agents']),
    }
    const [id, name, slug] = [String(row['id']), String(row['name']), String(row['slug'])]
    return { ...standing, id, name, slug, fate: fateOf(standing) }
  })
  const lastOwner = organizations
    .filter(({ fate }) => fate === 'blocks')
    .map(({ name, slug, otherMembers, agents }) => ({
      kind: 'last_owner' as const,
      name,
      slug,
      otherMembers,
      agents,
    }))
  const isLastOperator = await isOnlyOperator(db, userId)
  return {
    obstacles: isLastOperator ? [{ kind: 'last_operator' }, ...lastOwner] : lastOwner,
    ending: organizations.filter(({ fate }) => fate === 'ends').map(({ id, name }) => ({ id, name })),
    leaving: organizations.filter(({ fate }) => fate === 'goes_on').map(({ id, name }) => ({ id, name })),
  }
}

/**
 * As findBelongings, and holds what it looked at until the transaction ends: the person, the other operators if they are one,
 * and their organizations. Undefined once the person is being deleted, or gone.
 */
export async function holdBelongings(tx: Transaction, userId: string): Promise<Belongings | undefined> {
  // In one order for everybody, so that two last operators who go at once wait for each other and don't lock each other out.
  const { rows } = await tx.execute(sql`
    SELECT id FROM "user" WHERE id = ${userId} OR (role = ${operatorRole} AND EXISTS (
      SELECT FROM "user" WHERE id = ${userId} AND role = ${operatorRole}))
    ORDER BY id FOR NO KEY UPDATE`)
  const isThere = rows.some(({ id }) => id === userId)
  // Only now, because another request may have held the person until a moment ago.
  const { rowCount } = await tx.execute(sql`SELECT FROM account_deletions WHERE user_id = ${userId}`)
  if (!isThere || rowCount !== 0) return undefined
  await tx.execute(sql`
    SELECT FROM organization WHERE id IN (SELECT organization_id FROM organization_member WHERE user_id = ${userId})
    ORDER BY id FOR NO KEY UPDATE`)
  return findBelongings(tx, userId)
}

async function isOnlyOperator(db: Database | Transaction, userId: string): Promise<boolean> {
  const { rows } = await db.execute(sql`
    SELECT EXISTS (SELECT FROM "user" WHERE id = ${userId} AND role = ${operatorRole})
      AND NOT EXISTS (SELECT FROM "user" WHERE id <> ${userId} AND role = ${operatorRole} AND NOT banned) AS is_only`)
  return rows[0]?.['is_only'] === true
}

const namesMax = 20

/** Agents that the person is subscribed to; at most 20, by name. */
export async function findSubscribedAgents(db: Database, userId: string): Promise<readonly string[]> {
  const { rows } = await db.execute(sql`
    SELECT agent.name FROM user_agent_subscriptions AS subscription JOIN agents AS agent ON agent.id = subscription.agent_id
    WHERE subscription.user_id = ${userId} AND subscription.status = ANY(${sql.param([...openStatuses])}::text[])
    ORDER BY agent.name, agent.id LIMIT ${namesMax}`)
  return rows.map(({ name }) => String(name))
}

/** What is paid for, or would be after a trial, and ends with the account. */
export interface PaidSubscription {
  readonly agent: string
  /** Until when it could be used otherwise, by the business clock. */
  readonly until: string
  readonly isTrial: boolean
}

/** At most 20, by name of the agent. */
export async function findPaidSubscriptions(db: Database, userId: string): Promise<readonly PaidSubscription[]> {
  const { rows } = await db.execute<{ name: string; until: string; status: string }>(sql`
    SELECT agent.name, to_json(subscription.current_period_end) #>> '{}' AS until, subscription.status
    FROM user_agent_subscriptions AS subscription JOIN agents AS agent ON agent.id = subscription.agent_id
    WHERE subscription.user_id = ${userId} AND subscription.status = ANY(${sql.param([...openStatuses])}::text[])
      AND subscription.stripe_subscription_id IS NOT NULL
    ORDER BY agent.name, agent.id LIMIT ${namesMax}`)
  return rows.map(({ name, until, status }) => ({ agent: name, until, isTrial: status === 'trialing' }))
}
