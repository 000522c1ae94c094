import type { Role } from '../../organizations/rules.ts'

/** What somebody who goes is to an organization. */
export interface Standing {
  readonly role: Role
  readonly otherMembers: number
  readonly otherOwners: number
  readonly agents: number
}

/**
 * What becomes of an organization when this member goes. `blocks`: it would be left with agents or members and no owner.
 * `ends`: nobody else is in it and it owns nothing, so it goes along.
 */
export function fateOf({ role, otherMembers, otherOwners, agents }: Standing): 'blocks' | 'ends' | 'goes_on' {
  if (otherMembers === 0) return agents === 0 ? 'ends' : 'blocks'
  return role === 'owner' && otherOwners === 0 ? 'blocks' : 'goes_on'
}
