/** Who changes a subscription. A person only their own; billing and jobs act as the system. */
export type Actor =
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'operator'; readonly userId: string }
  | { readonly kind: 'system' }

/** For the audit trail; undefined is the system. */
export const userIdOf = (actor: Actor): string | undefined => (actor.kind === 'system' ? undefined : actor.userId)
