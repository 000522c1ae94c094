import { expect, test } from 'vitest'
import { startSampleAgents } from '#src/features/sample-agents/index.ts'
import { createTestDatabase } from '#test/support/database.ts'
import { startTestServer } from '#test/support/server.ts'

test('two marketplaces that start on one new database at the same moment both come up with their samples', async () => {
  const database = await createTestDatabase()
  const servers = await Promise.all([1, 2].map(() => startTestServer({ databaseUrl: database.url })))
  try {
    const started = await Promise.all(servers.map(({ deps }) => startSampleAgents(deps)))
    await Promise.all(started.map((samples) => samples.stop()))
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS clients FROM oauth_client WHERE name = 'Readability'",
    )
    expect(rows).toEqual([{ clients: 1 }])
  } finally {
    for (const server of servers) await server.stop()
    await database.drop()
  }
})
