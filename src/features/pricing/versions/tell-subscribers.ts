import { inArray } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentPricingTiers, agents, user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { tierChanges } from '#src/integrations/mail/index.ts'
import { readQuotas, termsOf } from '../tiers/read-tiers.ts'
import { describeChange } from './describe-change.ts'
import type { VersionFacts } from './describe-change.ts'
import type { DueMove } from './find-due.ts'

export type TellDeps = Pick<Deps, 'mail' | 'baseUrl'>

interface Tell {
  readonly deps: TellDeps
  readonly moves: readonly DueMove[]
}

/** Queues a mail for each, in this transaction. */
export async function tellSubscribers(tx: Transaction, { deps, moves }: Tell): Promise<void> {
  const versions = await readVersions(tx, [...new Set(moves.flatMap(({ tierId, nextTierId }) => [tierId, nextTierId]))])
  const people = await byId(
    tx
      .select()
      .from(user)
      .where(inArray(user.id, idsOf(moves, 'userId'))),
  )
  const listed = await byId(
    tx
      .select()
      .from(agents)
      .where(inArray(agents.id, idsOf(moves, 'agentId'))),
  )
  for (const { userId, agentId, tierId, nextTierId, nextTierAt } of moves) {
    const [person, agent] = [people.get(userId), listed.get(agentId)]
    const [before, after] = [versions.get(tierId), versions.get(nextTierId)]
    if (!person || !agent || !before || !after) throw new Error('A subscription without its person, agent or tier')
    const mail = tierChanges({
      name: person.name,
      agent: agent.name,
      tier: before.tierName,
      startsAt: nextTierAt,
      changes: describeChange(before, after),
      agentUrl: `${deps.baseUrl}/agents/${agent.slug}`,
    })
    await deps.mail.enqueue({ ...mail, to: person.email, template: 'tier-changes' }, { tx })
  }
}

const idsOf = (moves: readonly DueMove[], key: 'userId' | 'agentId'): string[] => [
  ...new Set(moves.map((move) => move[key])),
]

async function byId<T extends { readonly id: string }>(query: PromiseLike<T[]>): Promise<ReadonlyMap<string, T>> {
  return new Map((await query).map((row) => [row.id, row]))
}

async function readVersions(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, VersionFacts & { readonly tierName: string }>> {
  const rows = await tx
    .select()
    .from(agentPricingTiers)
    .where(inArray(agentPricingTiers.id, [...ids]))
  const quotas = await readQuotas(tx, ids)
  return new Map(
    rows.map((row) => {
      const included = quotas
        .filter(({ tierId }) => tierId === row.id)
        .map(({ metric, displayName, quotaLimit }) => [metric, { displayName, quotaLimit }] as const)
      return [row.id, { tierName: row.tierName, terms: termsOf(row), quotas: new Map(included) }]
    }),
  )
}
