import { v5, v7 } from 'uuid'

/** A new id for something that is reported once: a UUIDv7 (RFC 9562), so that entries made together lie together. */
export const newRequestId = (): string => v7()

interface OwnKey {
  /** The agent: its client id. */
  readonly agent: string
  /** The person's `sub`. */
  readonly userId: string
  /** What your own system knows it by, such as a job's id. Another metric of the same job is another key. */
  readonly key: string
}

const rialtoNamespace = '5f0a0d5c-8e0e-5d0b-9a52-6f2f3a5d7e10'

/**
 * The same id for the same key, whenever and wherever it is asked for: a UUIDv5 in a namespace of the agent and the person, so
 * that nobody else's keys can meet it. A job that runs again after a crash is then counted once.
 */
export const requestIdFor = ({ agent, userId, key }: OwnKey): string =>
  // One namespace inside the other: joined texts could be cut at another place.
  v5(key, v5(userId, v5(agent, rialtoNamespace)))
