interface Scheduled<Tier> {
  readonly tier: Tier
  /** What takes over by itself, and when. Undefined: nothing is scheduled. */
  readonly next: { readonly tier: Tier; readonly at: Date } | undefined
}

/** The tier that counts at `now`: a scheduled one from its moment on, whether or not a job has written it down yet. */
export const effectiveTier = <Tier>({ tier, next }: Scheduled<Tier>, now: Date): Tier =>
  next !== undefined && next.at <= now ? next.tier : tier
