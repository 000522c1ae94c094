import type { Deps } from '#src/deps.ts'
import type { Caller, DemoPart } from '#src/identity/index.ts'
import { continueAs } from './continue-as.ts'
import { readTour } from './read-tour.ts'
import type { Tour } from './read-tour.ts'

export interface TourServices {
  read(): Promise<Tour | undefined>
  /** Throws `forbidden`. */
  continueAs(caller: Caller, part: DemoPart): ReturnType<typeof continueAs>
}

/** Undefined in production: there is no tour, and nobody signs in without a password. */
export function createTourServices(deps: Pick<Deps, 'auth' | 'config' | 'db' | 'payments'>): TourServices | undefined {
  if (deps.config.mode !== 'demo') return undefined
  return {
    read: () => readTour(deps),
    continueAs: (caller, part) => continueAs(deps, { caller, part }),
  }
}
