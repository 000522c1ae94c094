const states: Readonly<Record<string, string>> = {
  proven: 'To decide',
  pending: 'Not proven yet',
  approved: 'Approved',
  refused: 'Refused',
  withdrawn: 'Withdrawn',
}

/** Where a claim stands, as operators read it. */
export const claimStateWords = (state: string): string => states[state] ?? state

export const claimStateOptions = Object.entries(states).map(([value, label]) => ({ value, label }))

export const methodWords = { well_known: 'File', dns: 'DNS' } as const
