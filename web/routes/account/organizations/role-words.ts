import type { OrganizationServices } from '#src/identity/index.ts'

type Role = Awaited<ReturnType<OrganizationServices['list']>>[number]['role']

export const roleNames: Readonly<Record<Role, string>> = { owner: 'Owner', admin: 'Admin', member: 'Member' }

export const roleOptions = (roles: readonly Role[]) => roles.map((value) => ({ value, label: roleNames[value] }))
