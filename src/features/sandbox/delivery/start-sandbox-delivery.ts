import { setTimeout as pause } from 'node:timers/promises'
import type { Deps } from '#src/deps.ts'
import type { Sandbox } from '#src/integrations/stripe/index.ts'
import { deliverDue } from './deliver-due.ts'

export interface SandboxDelivery {
  /** Interrupts what is under way; it is tried again by whoever runs next. */
  stop(): Promise<void>
}

type DeliveryDeps = Pick<Deps, 'payments' | 'baseUrl' | 'log'>

/** One small question to the database each time. */
const pollMs = 1_000
const stopMsMax = 2_000
/** How late real time may make something happen. */
const advanceMs = 60_000

/**
 * Does what Stripe's servers would: sends webhooks soon after something has happened, and lets trials and periods end. Nothing
 * where payments are real, and nothing in a database in which nobody has paid yet. Any number of processes may do it.
 */
export function startSandboxDelivery(deps: DeliveryDeps): SandboxDelivery {
  const { sandbox } = deps.payments
  if (sandbox === undefined) return { stop: async () => undefined }
  const stopping = new AbortController()
  const { signal } = stopping
  const work = createRound(deps, { sandbox, signal })
  let timer: NodeJS.Timeout | undefined
  let underWay: Promise<void> | undefined
  let isNudged = false

  const begin = (): void => {
    clearTimeout(timer)
    isNudged = false
    underWay = work().then((isWell) => {
      underWay = undefined
      if (signal.aborted) return
      // Unreferenced: it must not keep a process alive that has nothing else to do.
      timer = setTimeout(begin, isWell && isNudged ? 0 : pollMs).unref()
    })
  }
  const endNudges = sandbox.onChange(() => {
    isNudged = true
    if (underWay === undefined && !signal.aborted) begin()
  })
  begin()
  return {
    stop: async () => {
      endNudges()
      stopping.abort()
      clearTimeout(timer)
      // A year that is passing is gone on with by whoever runs next; the way down is short.
      await Promise.race([underWay, pause(stopMsMax, undefined, { ref: false })])
    },
  }
}

/** One look at what is due; resolves to whether the database could be asked. */
function createRound(
  deps: DeliveryDeps,
  { sandbox, signal }: { sandbox: Sandbox; signal: AbortSignal },
): () => Promise<boolean> {
  let advancedAt = Number.NEGATIVE_INFINITY
  let isInUse = false
  let wasWell = true
  return async () => {
    try {
      isInUse ||= await sandbox.isInUse()
      if (!isInUse) return true
      if (performance.now() - advancedAt >= advanceMs) {
        advancedAt = performance.now()
        await sandbox.advance()
      }
      await sandbox.inTurn(() => deliverDue(deps, { sandbox, signal }))
      wasWell = true
    } catch (error) {
      // Said once: an outage of an hour is one thing that happened, not a thousand.
      if (wasWell && !signal.aborted) deps.log.warn({ err: error }, 'sandbox: webhooks could not be looked after')
      wasWell = false
    }
    return wasWell
  }
}
