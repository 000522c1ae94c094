import { sql } from 'drizzle-orm'
import { scopeCatalogue } from '#src/identity/index.ts'
import { getAgent } from '../get-agent.ts'
import { rowsOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { AgentDetail } from '../schema.ts'

/** More stand beside each other on no screen. */
export const comparedMax = 3

export interface ComparedAgent extends AgentDetail {
  /** What it asks of whoever signs in, in our words, as far as its publisher has given reasons. */
  readonly permissions: readonly string[]
}

export interface Comparison {
  /** In the order asked for. */
  readonly agents: readonly ComparedAgent[]
  /** Slugs that no listed agent has. */
  readonly missing: readonly string[]
  /** Slugs beyond the third agent. */
  readonly leftOut: readonly string[]
}

/** Up to three agents side by side. Repeats count once, and an earlier address is its present agent's. */
export async function compareAgents(deps: { db: Reader }, slugs: readonly string[]): Promise<Comparison> {
  const wanted = [...new Set(slugs)]
  const found: AgentDetail[] = []
  const missing: string[] = []
  const leftOut: string[] = []
  for (const slug of wanted) {
    if (found.length === comparedMax) {
      leftOut.push(slug)
      continue
    }
    const agent = await findPresent(deps, slug)
    if (agent === undefined) missing.push(slug)
    else if (!found.some((other) => other.slug === agent.slug)) found.push(agent)
  }
  const permissions = await readPermissions(deps.db, found)
  return {
    agents: found.map((agent) => ({ ...agent, permissions: permissions.get(agent.slug) ?? [] })),
    missing,
    leftOut,
  }
}

async function findPresent(deps: { db: Reader }, slug: string): Promise<AgentDetail | undefined> {
  const lookup = await getAgent(deps, slug)
  if (lookup.kind === 'found') return lookup.agent
  if (lookup.kind === 'missing') return undefined
  const present = await getAgent(deps, lookup.slug)
  return present.kind === 'found' ? present.agent : undefined
}

async function readPermissions(db: Reader, agents: readonly AgentDetail[]): Promise<Map<string, string[]>> {
  if (agents.length === 0) return new Map()
  const rows = rowsOf<{ slug: string; scopes: (keyof typeof scopeCatalogue)[] }>(
    await db.execute(sql`
      SELECT slug, array_agg(scope ORDER BY scope) AS scopes
      FROM agents JOIN agent_scope_reasons ON agent_id = agents.id
      WHERE slug = ANY(${sql.param(agents.map(({ slug }) => slug))}::text[]) GROUP BY slug`),
  )
  const inOrder = Object.keys(scopeCatalogue)
  return new Map(
    rows.map(({ slug, scopes }) => [
      slug,
      scopes.toSorted((a, b) => inOrder.indexOf(a) - inOrder.indexOf(b)).map((scope) => scopeCatalogue[scope]),
    ]),
  )
}
