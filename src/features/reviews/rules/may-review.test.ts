import { describe, expect, it } from 'vitest'
import { obstacleOf } from './may-review.ts'
import type { Standing } from './may-review.ts'

const fit: Standing = {
  isListed: true,
  isSuspended: false,
  isEmailVerified: true,
  isPublishersMember: false,
  isTester: false,
  daysSignedIn: 2,
}

describe('who may review', () => {
  it('is somebody who signed in on two days', () => {
    expect(obstacleOf(fit)).toBeUndefined()
    expect(obstacleOf({ ...fit, daysSignedIn: 90 })).toBeUndefined()
  })

  it.each([
    ['not_listed', { isListed: false }],
    ['suspended', { isSuspended: true }],
    ['publishers_member', { isPublishersMember: true }],
    ['tester', { isTester: true }],
    ['email_unverified', { isEmailVerified: false }],
    ['not_used', { daysSignedIn: 0 }],
    ['used_on_one_day', { daysSignedIn: 1 }],
  ] as const)('is nobody with %s', (obstacle, change) => {
    expect(obstacleOf({ ...fit, ...change })).toBe(obstacle)
  })

  it('is told what can’t be changed before what can', () => {
    expect(obstacleOf({ ...fit, isPublishersMember: true, isEmailVerified: false, daysSignedIn: 0 })).toBe(
      'publishers_member',
    )
    expect(obstacleOf({ ...fit, isEmailVerified: false, daysSignedIn: 0 })).toBe('email_unverified')
  })
})
