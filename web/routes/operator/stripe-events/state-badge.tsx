import CircleCheck from 'lucide-react/icons/circle-check'
import CircleX from 'lucide-react/icons/circle-x'
import Clock from 'lucide-react/icons/clock'
import { Badge } from '../../../ui/badge.tsx'

export type EventState = 'failed' | 'waiting' | 'processed'

export const stateWords: Readonly<Record<EventState, string>> = {
  failed: 'Failed',
  waiting: 'Waiting',
  processed: 'Processed',
}

const looks = {
  failed: { tone: 'bad', icon: CircleX },
  waiting: { tone: 'warning', icon: Clock },
  processed: { tone: 'good', icon: CircleCheck },
} as const

export const StateBadge = ({ state }: { state: EventState }) => <Badge {...looks[state]}>{stateWords[state]}</Badge>

const outcomes: Readonly<Record<string, string>> = {
  reconciled: 'Agrees with Stripe',
  foreign: 'Not one of ours',
  ignored: 'Nothing to do',
  gone: 'Stripe doesn’t know it any more',
  pending: 'First payment is under way',
  undone: 'Was one too many: canceled and given back',
  refused: 'Came to nothing',
}

/** What came of an event, for people. */
export const outcomeWords = (outcome: string | null): string =>
  outcome === null ? '–' : (outcomes[outcome] ?? outcome)
