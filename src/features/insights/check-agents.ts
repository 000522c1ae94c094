import { sql } from 'drizzle-orm'
import { agentChecks } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { OutboundError } from '#src/integrations/outbound/index.ts'

type CheckDeps = Pick<Deps, 'db' | 'outbound'>

/** How often an agent is asked. */
export const checkMinutes = 5
/** Agents in one run, who waits longest first; more than that are asked less often. */
const checkedMax = 2_000
const atOnceMax = 10
const timeoutMs = 8_000

interface Checked {
  readonly id: string
  readonly uri: string
}

interface Outcome {
  readonly latencyMs: number | null
  /** Null: it answered. */
  readonly reason: string | null
}

/**
 * Asks every agent that can be launched whether it is there, and writes down what came back. Only its front door is knocked at
 * (HEAD of its origin): asking the address of the launch itself would begin a sign-in each time.
 */
export async function checkAgents(deps: CheckDeps): Promise<void> {
  const waiting = (await findDue(deps)).values()
  const work = async (): Promise<void> => {
    for (const agent of waiting) await check(deps, agent)
  }
  await Promise.all(Array.from({ length: atOnceMax }, work))
}

async function findDue({ db }: CheckDeps): Promise<readonly Checked[]> {
  const { rows } = await db.execute<{ id: string; uri: string }>(sql`
    SELECT agents.id, initiate_login_uri AS uri FROM agents
      LEFT JOIN LATERAL (
        SELECT checked_at FROM agent_checks WHERE agent_id = agents.id ORDER BY checked_at DESC LIMIT 1
      ) AS last ON true
    WHERE status = 'published' AND NOT coming_soon AND initiate_login_uri IS NOT NULL AND oauth_client_id IS NOT NULL
      -- A little less, so that a run that began late doesn't leave out every second one.
      AND (last.checked_at IS NULL OR last.checked_at < now() - make_interval(mins => ${checkMinutes}) + interval '30 seconds')
    ORDER BY last.checked_at NULLS FIRST, agents.id LIMIT ${checkedMax}`)
  return rows
}

async function check(deps: CheckDeps, { id, uri }: Checked): Promise<void> {
  const { latencyMs, reason } = await knock(deps, uri)
  // An agent that was deleted meanwhile needs no row, and two runs at one instant need one.
  await deps.db.execute(sql`
    INSERT INTO ${agentChecks} (agent_id, is_reachable, latency_ms, reason)
    SELECT id, ${reason === null}, ${latencyMs}::integer, ${reason}::text FROM agents WHERE id = ${id} FOR KEY SHARE
    ON CONFLICT DO NOTHING`)
}

async function knock({ outbound }: CheckDeps, uri: string): Promise<Outcome> {
  try {
    const { status, durationMs } = await outbound(new URL('/', uri).href, { method: 'HEAD', timeoutMs })
    // Whatever it says, somebody is there; but for its own failures, of which "I don't know HEAD" is none.
    const isThere = status < 500 || status === 501
    return isThere ? { latencyMs: durationMs, reason: null } : { latencyMs: durationMs, reason: `status_${status}` }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return { latencyMs: null, reason: error.reason }
  }
}
