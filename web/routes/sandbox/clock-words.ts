import type { SandboxClock, SandboxServices } from '#src/features/sandbox/index.ts'
import type { FieldError } from '../../ui/field.tsx'

export const happeningWords: Readonly<Record<SandboxClock['upcoming'][number]['what'], string>> = {
  first_payment_lapses: 'Its first payment is given up',
  change_lapses: 'An unpaid change is given up',
  subscription_ends: 'Ends',
  trial_end_is_told: 'The end of the trial is announced',
  trial_ends: 'The trial ends',
  subscription_renews: 'Renews',
  schedule_moves_on: 'A planned change takes effect',
  invoice_is_finalized: 'An invoice is finished and collected',
  payment_is_retried: 'A failed payment is tried again',
  checkout_expires: 'An open checkout expires',
}

type Target = Parameters<SandboxServices['advanceClock']>[1]['target']

interface Asked {
  readonly by: string
  readonly date: string
  readonly clock: SandboxClock
}

/** Where the form's button leads the clock. */
export function targetOf({
  by,
  date,
  clock,
}: Asked): Target | { readonly kind: 'refused'; readonly error: FieldError } {
  if (by === 'hour' || by === 'day' || by === 'week' || by === 'month') return { kind: 'step', step: by }
  if (by === 'next_due' && clock.upcoming.length > 0) return { kind: 'next_due' }
  const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00:00.000Z` : Number.NaN)
  if (Number.isNaN(at.getTime())) return refused('This is no date.', 'Choose a day that is ahead.')
  if (at <= new Date(clock.now)) return refused('The clock goes forward only.', 'Choose a day that is ahead.')
  if (at > new Date(clock.furthest)) return refused('That is too far.', 'Go at most five years at once.')
  return { kind: 'moment', at }
}

const refused = (message: string, remedy: string) => ({ kind: 'refused', error: { message, remedy } }) as const
