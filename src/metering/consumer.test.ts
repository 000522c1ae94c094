import { describe, expect, it } from 'vitest'
import { createConsumer } from './consumer.ts'
import type { UsageEvent } from './events.ts'

const event = (): UsageEvent => ({
  agentId: crypto.randomUUID(),
  userId: 'ada',
  metric: 'messages',
  delta: 1,
  requestId: crypto.randomUUID(),
})

/** Sends events at once to a database whose every statement fails like this. */
async function sendTo(failure: Error, events: readonly UsageEvent[]) {
  let statements = 0
  const query = () => {
    statements++
    return Promise.reject(failure)
  }
  const consumer = createConsumer({
    database: { pool: { query: query as never }, graceMs: 0 },
    statementsMax: 1,
    onNotice: () => undefined,
    onDenied: () => undefined,
  })
  const answers = await Promise.allSettled(events.map((one) => consumer.consume(one)))
  return { statements, reasons: answers.map((answer) => (answer.status === 'rejected' ? answer.reason : undefined)) }
}

const events = Array.from({ length: 200 }, event)

describe('a database that does not do its work', () => {
  it('when it is away fails all at once: nobody waits for a split', async () => {
    const away = Object.assign(new Error('gone'), { code: '57P01' })
    const { statements, reasons } = await sendTo(away, events)
    expect(reasons).toEqual(events.map(() => away))
    expect(statements).toBe(1)
  })

  it('when it hangs fails all after a second try: nobody waits for a split', async () => {
    const hanging = new Error('Query read timeout')
    const { statements, reasons } = await sendTo(hanging, events)
    expect(reasons).toEqual(events.map(() => hanging))
    expect(statements).toBe(2)
  })

  it('when it refuses a statement is asked by halves, down to each event', async () => {
    const wrong = Object.assign(new Error('a bug'), { code: '42P01' })
    const { statements, reasons } = await sendTo(wrong, events)
    expect(reasons).toEqual(events.map(() => wrong))
    expect(statements).toBe(2 * events.length - 1)
  })
})
