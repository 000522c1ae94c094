/** One at a time changes a subscription by somebody's wish. */
export const leaseOf = (subscriptionId: string): string => `change:${subscriptionId}`
