/** From the least rights to the most. */
export const roles = ['member', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/** How long an invitation can be accepted. */
export const invitationDays = 7
/** Of one organization, at once. */
export const openInvitationsMax = 50
export const membersMax = 200

export const nameLengthMax = 80
const slugLengthMax = 48
const slugShape = /^[a-z0-9]+(-[a-z0-9]+)*$/

export const isRole = (text: string): text is Role => roles.some((role) => role === text)

/** Whether somebody with `actor` may give, change or take away the role `other`. Only owners touch owners. */
export const mayManage = (actor: Role, other: Role): boolean =>
  actor === 'owner' || (actor === 'admin' && other !== 'owner')

/** An address made of a name, for people who gave none: "Ada & Söhne" is "ada-sohne". May be empty. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, slugLengthMax)
    .replaceAll(/^-+|-+$/g, '')

export const isSlug = (text: string): boolean => text.length <= slugLengthMax && slugShape.test(text)
