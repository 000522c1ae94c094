import type { Deps } from '#src/deps.ts'

/** What it takes to make what is stored agree with Stripe. */
export type ReconcileDeps = Pick<
  Deps,
  'auth' | 'db' | 'config' | 'newId' | 'payments' | 'subjectHash' | 'mail' | 'baseUrl' | 'log'
>

export interface Reconciled {
  /**
   * `foreign`: not one of ours. `pending`: its first payment is under way. `undone`: it was one too many, and was given back.
   * `refused`: it came to nothing.
   */
  readonly outcome: 'reconciled' | 'foreign' | 'pending' | 'undone' | 'refused'
  readonly subscriptionId?: string
}
