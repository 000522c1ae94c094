import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'
import { eventually } from '#test/support/start-process.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

it('every scheduled job has its clock in the database, and runs', async () => {
  const { boss } = server.deps.jobs
  const schedules = await boss.getSchedules()
  expect(schedules.map(({ name }) => name)).toContain('catalog-recount-search-terms')
  // All at once, as on the hour: each queue is looked at every ten seconds.
  await Promise.all(
    schedules.map(async ({ name }) => {
      const id = await boss.send(name)
      await eventually(async () => (await boss.findJobs(name, { id: id ?? '' }))[0]?.state === 'completed')
    }),
  )
})
