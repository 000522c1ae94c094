// Clients of a metered agent that report one use after another, each until it has its answer, as the SDK does: after an error
// the same id is sent again. Each keeps a list of what was acknowledged, and in the end the books must say the same.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { audit } from './fuzz.ts'

export interface Target {
  readonly origin: string
  readonly token: string
  readonly people: readonly string[]
  readonly metrics: readonly string[]
}

interface Use {
  readonly clientReqId: string
  readonly userId: string
  readonly metric: string
  readonly delta: number
}

export interface Acknowledged extends Use {
  readonly entryId: string
  /** When the request that was answered had been sent (performance.now). */
  readonly sentAt: number
}

export interface Load {
  readonly acknowledged: readonly Acknowledged[]
  readonly denied: number
  /** Requests that were sent again. */
  readonly repeated: number
  /** What no client expects, and what was never answered. */
  readonly surprises: readonly string[]
  /** Resolves with the first use that is acknowledged. */
  underWay(limitMs: number): Promise<void>
  /** Milliseconds from a moment to the first use that was sent after one had failed, and is acknowledged. */
  recoveredIn(moment: number, limitMs: number): Promise<number>
  /** Lets each worker end with an answer. */
  stop(): Promise<void>
}

const requestMsMax = 15_000
const answerMsMax = 60_000
const pauseMs = 100

export function startLoad(target: Target, { workers }: { readonly workers: number }): Load {
  const acknowledged: Acknowledged[] = []
  const surprises: string[] = []
  const counts = { denied: 0, repeated: 0 }
  let failedAt = 0
  const stopping = new AbortController()

  const report = async (use: Use): Promise<void> => {
    for (const deadline = Date.now() + answerMsMax; Date.now() < deadline; counts.repeated++) {
      const sentAt = performance.now()
      const answer = await send(target, use)
      if (answer?.status === 200) {
        const { allowed, entryId = '' } = answer.body
        if (allowed === true) acknowledged.push({ ...use, entryId, sentAt })
        else counts.denied++
        return
      }
      if (answer !== undefined && answer.status !== 503)
        surprises.push(`${answer.status} ${JSON.stringify(answer.body)}`)
      failedAt = performance.now()
      await sleep(pauseMs)
    }
    surprises.push(`${use.clientReqId} was never answered`)
  }

  const work = async (worker: number): Promise<void> => {
    for (let step = worker; !stopping.signal.aborted; step++) {
      await report({
        clientReqId: crypto.randomUUID(),
        userId: target.people[step % target.people.length] ?? '',
        metric: target.metrics[step % target.metrics.length] ?? '',
        delta: 1 + (step % 3),
      })
    }
  }
  const working = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)))

  return {
    acknowledged,
    surprises,
    get denied() {
      return counts.denied
    },
    get repeated() {
      return counts.repeated
    },
    underWay: (limitMs) => until(() => acknowledged.length > 0, limitMs),
    recoveredIn: async (moment, limitMs) => {
      await until(() => failedAt > moment, limitMs)
      await until(() => (acknowledged.at(-1)?.sentAt ?? 0) > failedAt, moment + limitMs - performance.now())
      return performance.now() - moment
    },
    stop: async () => {
      stopping.abort()
      await working
    },
  }
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
  for (const deadline = performance.now() + limitMs; !holds(); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(`Nothing came in ${limitMs} ms`)
  }
}

interface Answer {
  readonly status: number
  readonly body: { readonly allowed?: boolean; readonly replayed?: boolean; readonly entryId?: string }
}

/** Undefined: it is not known whether it arrived. */
async function send({ origin, token }: Target, use: Use): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${origin}/api/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(use),
      signal: AbortSignal.timeout(requestMsMax),
    })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  } catch {
    return undefined
  }
}

const replaysMax = 50

/** What is wrong after a load that has stopped: nothing. Only for agents that nobody else used. */
export async function wrongAfter(load: Load, { target, db }: { target: Target; db: Database }): Promise<unknown[]> {
  const { rows } = await db.execute<{ client_req_id: string; id: string; delta: string }>(sql`
    SELECT entry.client_req_id, entry.id, entry.delta FROM usage_ledger AS entry
      JOIN user_agent_subscriptions AS subscription ON subscription.id = entry.subscription_id
    WHERE subscription.user_id = ANY (${sql.param(target.people)})`)
  const entries = new Map(rows.map((row) => [row.client_req_id, row]))
  const lost = load.acknowledged.filter(({ clientReqId, entryId, delta }) => {
    const entry = entries.get(clientReqId)
    return entry?.id !== entryId || Number(entry.delta) !== delta
  })
  const known = new Set(load.acknowledged.map(({ clientReqId }) => clientReqId))
  const unacknowledged = rows.filter(({ client_req_id: id }) => !known.has(id))
  const wrong: unknown[] = [
    ...load.surprises,
    ...lost.map((use) => ({ lost: use })),
    ...unacknowledged.map((entry) => ({ unacknowledged: entry })),
    ...(await audit(db)),
  ]
  for (const { entryId, sentAt: _, ...use } of load.acknowledged.slice(-replaysMax)) {
    const answer = await send(target, use)
    if (answer?.body.replayed !== true || answer.body.entryId !== entryId) wrong.push({ replayed: answer, use })
  }
  return wrong
}
