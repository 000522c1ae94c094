import type { Obstacle } from '#src/features/reviews/index.ts'

interface Words {
  readonly title: string
  readonly text: string
}

/** What is in the way of a review of this agent, and what would change that. */
export function obstacleWords(obstacle: Obstacle, name: string): Words {
  switch (obstacle) {
    case 'not_used':
      return {
        title: `Use ${name} first`,
        text: `A review needs use that we can see: sign in to ${name} with your account here on two different days, then come back.`,
      }
    case 'used_on_one_day':
      return {
        title: 'One more day',
        text: `You signed in to ${name} on one day; come back after you have used it on another.`,
      }
    case 'email_unverified':
      return {
        title: 'Confirm your e-mail address first',
        text: 'Open the link that we sent to you, or have a new one sent. Then come back.',
      }
    case 'publishers_member':
      return {
        title: `${name} is your own`,
        text: 'You are or were one of its publisher’s people, and a publisher’s own reviews never count. Its owners and admins can answer the reviews of others.',
      }
    case 'tester':
      return {
        title: 'You tested it for its publisher',
        text: 'Who has had a test subscription to an agent can’t review it.',
      }
    case 'suspended':
      return { title: 'Your account is suspended', text: 'While it is, you can’t review anything.' }
    case 'not_listed':
      return { title: `${name} is not listed`, text: 'It can’t be reviewed now.' }
  }
}
