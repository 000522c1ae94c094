import type { ReactNode } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import type { SandboxCard } from '#src/features/sandbox/index.ts'
import { RadioGroup } from '../../ui/choice.tsx'
import { type FieldError, TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'

export const noCard = 'none'

export interface OtherCard {
  readonly value: string
  readonly label: ReactNode
}

interface CardChoiceProps {
  readonly cards: readonly SandboxCard[]
  /** Before the test cards: saved ones, or none at all. */
  readonly others?: readonly OtherCard[]
  readonly chosen: string
  /** What is wrong with the number that was typed, which is not shown again: it may have been a real one. */
  readonly numberError?: FieldError | undefined
}

/** The test cards by what they do, and a field for those who know their numbers. */
export const CardChoice = ({ cards, others = [], chosen, numberError }: CardChoiceProps) => (
  <div className="flex flex-col gap-12">
    <RadioGroup
      legend={others.length === 0 ? 'Test card' : 'Card'}
      name="card"
      defaultValue={chosen}
      options={[
        ...others,
        ...cards.map(({ number, label }) => ({
          value: number,
          label: <CardName name={label} last4={number.slice(-4)} />,
        })),
      ]}
    />
    <details className="disclosure" open={numberError !== undefined}>
      <summary>
        Type another test number
        <Icon of={ChevronDown} />
      </summary>
      <div className="pt-8">
        <TextField
          label="Card number"
          name="number"
          inputMode="numeric"
          autoComplete="off"
          maxLength={40}
          className="figures"
          hint="Counts instead of the choice above. Never type a number of your own."
          error={numberError}
        />
      </div>
    </details>
  </div>
)

export const CardName = ({ name, last4 }: { name: string; last4: string }) => (
  <span className="flex flex-wrap items-baseline gap-x-8">
    {name} <span className="figures text-14 text-muted">…{last4}</span>
  </span>
)

export const unknownNumber: FieldError = {
  message: 'That is not one of Stripe’s test numbers.',
  remedy: 'It was not kept. Choose a card above, or type a test number.',
}

/** A number that was typed goes before the choice. */
export function chosenCard(form: { readonly card: string; readonly number: string }): string {
  if (form.number.trim() !== '') return form.number
  return form.card === noCard ? '' : form.card
}
