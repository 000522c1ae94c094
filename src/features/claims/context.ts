import type { Deps } from '#src/deps.ts'

/** `config`: a demo may look for proofs on this machine. */
export type ClaimDeps = Pick<Deps, 'db' | 'auth' | 'jobs' | 'mail' | 'baseUrl' | 'config' | 'outbound' | 'resolveTxt'>

export const allowsThisMachine = ({ config }: Pick<Deps, 'config'>): boolean => config.mode === 'demo'
