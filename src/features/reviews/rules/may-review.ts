/** Signed-in use on this many different days: once is a look, twice is use. */
export const daysNeeded = 2

/** What decides whether somebody may review an agent. */
export interface Standing {
  /** Published, and no directory entry. */
  readonly isListed: boolean
  readonly isSuspended: boolean
  readonly isEmailVerified: boolean
  /** Of the organization that publishes it, now or once. */
  readonly isPublishersMember: boolean
  /** Has, or had, a subscription that its publisher uses for tests. */
  readonly isTester: boolean
  /** Different days on which they signed in at the agent; `daysNeeded` may stand for more. */
  readonly daysSignedIn: number
}

export const obstacles = [
  'not_listed',
  'suspended',
  'publishers_member',
  'tester',
  'email_unverified',
  'not_used',
  'used_on_one_day',
] as const
export type Obstacle = (typeof obstacles)[number]

/** The first thing that is in the way of a review; what can't be changed comes before what can. Undefined: nothing is. */
export function obstacleOf(standing: Standing): Obstacle | undefined {
  if (!standing.isListed) return 'not_listed'
  if (standing.isSuspended) return 'suspended'
  if (standing.isPublishersMember) return 'publishers_member'
  if (standing.isTester) return 'tester'
  if (!standing.isEmailVerified) return 'email_unverified'
  if (standing.daysSignedIn === 0) return 'not_used'
  return standing.daysSignedIn < daysNeeded ? 'used_on_one_day' : undefined
}

/** For programs' people; pages say it in words of their own. */
export const obstacleDetails: Readonly<Record<Obstacle, string>> = {
  not_listed: 'The agent is not listed.',
  suspended: 'Your account is suspended.',
  publishers_member: 'You are or were one of its publisher’s people.',
  tester: 'You have had a subscription for testing it.',
  email_unverified: 'Confirm your e-mail address first.',
  not_used: 'Sign in at the agent on two different days first.',
  used_on_one_day: 'You signed in at the agent on one day; one more is needed.',
}
