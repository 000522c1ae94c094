import type { InputHTMLAttributes, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { type FieldError, FieldNotes } from './field.tsx'

interface ChoiceProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> {
  readonly name: string
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: FieldError | undefined
}

export const Checkbox = (props: ChoiceProps) => <Choice {...props} type="checkbox" />

/** An on/off setting that takes effect with its form; announced as a switch. */
export const Switch = (props: ChoiceProps) => <Choice {...props} type="checkbox" isSwitch />

type InnerProps = ChoiceProps & { readonly type: 'checkbox' | 'radio'; readonly isSwitch?: boolean }

function Choice({ label, hint, error, id, isSwitch = false, ...input }: InnerProps) {
  const controlId = id ?? (input.value === undefined ? input.name : `${input.name}-${String(input.value)}`)
  const hintId = hint === undefined ? undefined : `${controlId}-hint`
  const errorId = error === undefined ? undefined : `${controlId}-error`
  return (
    <div className="flex flex-col">
      <div className="flex min-h-control items-center gap-12">
        <input
          {...input}
          {...(isSwitch && { role: 'switch' })}
          id={controlId}
          aria-describedby={classNames(hintId, errorId) || undefined}
          aria-invalid={error === undefined ? undefined : true}
          className={isSwitch ? 'switch' : 'choice'}
        />
        <label htmlFor={controlId} className="py-8 text-16">
          {label}
        </label>
      </div>
      <div className="choice-notes">
        <FieldNotes hint={hint} hintId={hintId} error={error} errorId={errorId} />
      </div>
    </div>
  )
}

interface RadioGroupProps {
  readonly legend: string
  readonly name: string
  readonly options: readonly { readonly value: string; readonly label: ReactNode; readonly hint?: ReactNode }[]
  readonly defaultValue?: string
  readonly error?: FieldError | undefined
  readonly disabled?: boolean
}

export function RadioGroup({ legend, name, options, defaultValue, error, disabled }: RadioGroupProps) {
  const errorId = error === undefined ? undefined : `${name}-error`
  return (
    <fieldset className="flex flex-col gap-4" aria-describedby={errorId} disabled={disabled}>
      <legend className="text-14 font-medium">{legend}</legend>
      {options.map(({ value, label, hint }) => (
        <Choice key={value} type="radio" {...{ name, value, label, hint }} defaultChecked={value === defaultValue} />
      ))}
      <FieldNotes hint={undefined} hintId={undefined} error={error} errorId={errorId} />
    </fieldset>
  )
}
