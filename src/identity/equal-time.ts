import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Answers after `ms` at the earliest, also with an error, so that how long something took says nothing about what was
 * found. Choose it above what the slowest branch usually takes.
 */
export async function atLeast<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([work(), sleep(ms)])
  if (result.status === 'rejected') throw result.reason
  return result.value
}
