import Check from 'lucide-react/icons/check'
import { Icon } from '../../ui/icon.tsx'

export type StepState = 'done' | 'next' | 'later'

interface StepMarkerProps {
  /** From 1. */
  readonly place: number
  readonly state: StepState
}

/** An arch of the bridge: lit where its step is a fact, with its number where it is still to come. */
export const StepMarker = ({ place, state }: StepMarkerProps) => (
  <span className={`tour-marker tour-marker-${state}`}>
    <svg viewBox="0 0 32 40" className="line-art" aria-hidden="true">
      <path d="M2 39V16a14 14 0 0 1 28 0v23z" />
    </svg>
    {state === 'done' ? (
      <Icon of={Check} label="Done" />
    ) : (
      <span className="figures text-14">
        <span className="sr-only">Step </span>
        {place}
      </span>
    )}
  </span>
)
