import { plainArray, textArray } from './arrays.ts'

interface Key {
  readonly userId: string
  readonly agentId: string
  readonly metric: string
}

/** Distinct (person, agent, metric) of many events, and which of them each event names, from 1. */
export interface KeyTable {
  /** The first three parameters of every statement here: people, agents, metrics. */
  readonly parameters: readonly [string, string, string]
  readonly numbers: readonly number[]
}

export function tableOfKeys(events: readonly Key[]): KeyTable {
  const places = new Map<string, number>()
  const keys: Key[] = []
  const numbers = events.map((event) => {
    const name = keyName(event)
    let place = places.get(name)
    if (place === undefined) {
      place = keys.push(event)
      places.set(name, place)
    }
    return place
  })
  const parameters = [
    textArray(keys.map(({ userId }) => userId)),
    plainArray(keys.map(({ agentId }) => agentId)),
    textArray(keys.map(({ metric }) => metric)),
  ] as const
  return { parameters, numbers }
}

/** None of the three holds a space. */
export const keyName = ({ userId, agentId, metric }: Key): string => `${agentId} ${userId} ${metric}`
