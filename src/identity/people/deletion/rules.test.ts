import { expect, test } from 'vitest'
import { fateOf } from './rules.ts'

test.each([
  ['ends', 'owner', 0, 0, 0],
  ['ends', 'member', 0, 0, 0],
  ['blocks', 'owner', 0, 0, 1],
  ['blocks', 'member', 0, 0, 1],
  ['blocks', 'owner', 1, 0, 0],
  ['blocks', 'owner', 1, 0, 1],
  ['goes_on', 'owner', 1, 1, 1],
  ['goes_on', 'admin', 1, 1, 1],
  ['goes_on', 'member', 2, 1, 0],
] as const)('an organization %s when its %s goes, of %i others %i owners, with %i agents', (...given) => {
  const [fate, role, otherMembers, otherOwners, agents] = given
  expect(fateOf({ role, otherMembers, otherOwners, agents })).toBe(fate)
})
