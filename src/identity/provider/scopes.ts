import type { scopeNames } from '#src/db/schema/index.ts'

/** What an agent may ask for, and what that means to the person who is asked. */
export const scopeCatalogue = {
  openid: 'Know that it is you, each time you come back.',
  profile: 'See the name you go by.',
  email: 'See your e-mail address, and whether it is confirmed.',
  offline_access: 'Stay connected while you are away, until you disconnect it.',
  'usage:read': 'See what you have used of it and what is left.',
  'usage:write': 'Count what you use against your plan.',
} as const satisfies Record<(typeof scopeNames)[number], string>

export type Scope = keyof typeof scopeCatalogue

export const oauthScopes = Object.keys(scopeCatalogue) as Scope[]

/** What an agent's backend may ask for in its own name (client_credentials). */
export const machineScopes = ['usage:read', 'usage:write'] as const satisfies readonly Scope[]

/** What a program may ask for that registered itself: it belongs to no agent, so it meters nothing. */
export const registeredScopes = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'usage:read',
] as const satisfies readonly Scope[]

/** The words of a request's `scope`, each once. */
export const scopesOf = (text: string | null | undefined): string[] => [
  ...new Set((text ?? '').split(' ').filter(Boolean)),
]
