// What people do that an operator may want to hear of, and what it is called.

/** By the act that records it, with what its `metadata` holds beside the agent and the person. */
export const interactionTypes = [
  /** A confirmed address waits for an agent. */
  'waitlist_joined',
  /** Somebody's first launch, subscription or press of Install. */
  'installed',
  'uninstalled',
  /** `tierId`; `isTrial` of a paid tier, `isFree` of a free one. */
  'subscribed',
  /** `tierId`; `before`, unless it was free. */
  'upgraded',
  /** `tierId`, `before`: at the end of the period. */
  'downgraded',
  /** `endsAt`. */
  'canceled',
  /** `rating`. */
  'reviewed',
  /** A message to the publisher. */
  'contacted',
  'demo_requested',
  /** Somebody says that a directory entry is theirs. */
  'claimed',
  'removal_asked',
  /** `metric`. */
  'limit_hit',
  /** `reason`; of a review its `reviewId`. */
  'reported',
  /** `disputeId`, `metric`, `units`. */
  'disputed',
] as const

export type InteractionType = (typeof interactionTypes)[number]

/** As a heading: who it was is never said here. */
export const interactionWords: Readonly<Record<InteractionType, string>> = {
  waitlist_joined: 'Somebody joined the waitlist',
  installed: 'Somebody installed an agent',
  uninstalled: 'Somebody uninstalled an agent',
  subscribed: 'Somebody subscribed',
  upgraded: 'Somebody upgraded',
  downgraded: 'Somebody downgraded',
  canceled: 'Somebody canceled',
  reviewed: 'Somebody wrote a review',
  contacted: 'Somebody wrote to a publisher',
  demo_requested: 'Somebody asked for a demo',
  claimed: 'Somebody claims a listing',
  removal_asked: 'Somebody asks for the removal of a listing',
  limit_hit: 'Somebody hit a limit',
  reported: 'Somebody reported a listing or a review',
  disputed: 'Somebody says that a receipt is wrong',
}

/** Rows written by an earlier or later version may have another type. */
export const wordsOf = (type: string): string =>
  Object.hasOwn(interactionWords, type) ? interactionWords[type as InteractionType] : type.replaceAll('_', ' ')
