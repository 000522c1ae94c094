import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPool, createDatabase } from '#src/db/client.ts'
import { agents } from '#src/db/schema/index.ts'
import { createAgentClient } from '#src/features/agent-clients/index.ts'
import type { AgentCredentials } from '#src/features/agent-clients/index.ts'

/** A published agent with credentials, written past the running server. */
export async function addAgent(databaseUrl: string): Promise<AgentCredentials> {
  const pool = createPool({ url: databaseUrl, max: 2, onError: () => undefined })
  try {
    const db = createDatabase(pool)
    const agent = { id: crypto.randomUUID(), slug: 'bench', name: 'Bench', status: 'published' } as const
    await db.insert(agents).values({ ...agent, publishedAt: new Date() })
    return await createAgentClient(
      { db },
      { agentId: agent.id, userId: undefined, redirectUris: ['http://localhost/cb'] },
    )
  } finally {
    await pool.end()
  }
}

/** The Cookie header of the demo's buyer, signed in over HTTP. */
export async function signInBuyer({ origin, dataDir }: { origin: string; dataDir: string }): Promise<string> {
  const email = 'buyer@demo.localhost'
  const people = JSON.parse(await readFile(join(dataDir, 'demo-people.json'), 'utf8')) as Record<string, string>
  const response = await fetch(`${origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams({ email, password: people[email] ?? '' }),
  })
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  if (response.status >= 400 || cookie === '') throw new Error(`the buyer could not sign in: ${response.status}`)
  return cookie
}
