import { readability } from './listed/readability.ts'
import { rota } from './listed/rota.ts'
import { termbase } from './listed/termbase.ts'
import type { Sample } from './sample.ts'

/** Together they live through every kind of limit: a counter, a level that goes up and down, and a cost known only afterwards. */
export const samples: readonly Sample[] = [readability, termbase, rota]
