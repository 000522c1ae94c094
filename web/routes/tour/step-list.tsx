import ChevronDown from 'lucide-react/icons/chevron-down'
import type { ReactNode } from 'react'
import { Icon } from '../../ui/icon.tsx'
import { StepMarker } from './step-marker.tsx'

export interface Step {
  readonly key: string
  readonly title: string
  /** What the database says; undefined: that has not happened. */
  readonly fact: ReactNode
  readonly how: ReactNode
}

/** In their order; the first that is no fact yet lies open, those after it behind their titles. */
export function StepList({ steps }: { steps: readonly Step[] }) {
  const next = steps.find(({ fact }) => fact === undefined)
  return (
    <ol className="tour-steps">
      {steps.map((step, place) => (
        <li key={step.key} id={`step-${step.key}`} className="tour-step">
          <StepMarker place={place + 1} state={step.fact !== undefined ? 'done' : step === next ? 'next' : 'later'} />
          <StepBody step={step} isNext={step === next} />
        </li>
      ))}
    </ol>
  )
}

function StepBody({ step: { key, title, fact, how }, isNext }: { step: Step; isNext: boolean }) {
  if (fact !== undefined) {
    return (
      <div className="tour-body">
        <h2 className="text-18 font-medium">{title}</h2>
        <div className="text-14 text-muted wrap-anywhere">{fact}</div>
      </div>
    )
  }
  if (isNext) {
    return (
      <div className="tour-body tour-next" aria-current="step">
        <h2 className="text-18 font-medium">{title}</h2>
        <div className="flex flex-col gap-16">{how}</div>
      </div>
    )
  }
  return (
    <details id={`how-${key}`} className="tour-body disclosure">
      <summary>
        <h2 className="text-18">{title}</h2>
        <Icon of={ChevronDown} />
      </summary>
      <div className="flex flex-col gap-16 pt-12">{how}</div>
    </details>
  )
}
