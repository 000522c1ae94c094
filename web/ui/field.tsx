import type { InputHTMLAttributes, ReactNode } from 'react'
import CircleAlert from 'lucide-react/icons/circle-alert'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'

export interface FieldError {
  /** What is wrong. */
  readonly message: string
  /** What to do about it. */
  readonly remedy?: string
}

export interface FieldText {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: FieldError | undefined
  /** Defaults to the field's name; give one where a name appears twice on a page. */
  readonly id?: string
  readonly name: string
}

interface ControlProps {
  readonly id: string
  readonly name: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

/** Label above, hint and error below; hands the control what ties it to them. */
export function Field({ children, ...text }: FieldText & { children: (control: ControlProps) => ReactNode }) {
  const id = text.id ?? text.name
  const hintId = text.hint === undefined ? undefined : `${id}-hint`
  const errorId = text.error === undefined ? undefined : `${id}-error`
  return (
    <div className="flex flex-col gap-4">
      <label htmlFor={id} className="text-14 font-medium">
        {text.label}
      </label>
      {children({
        id,
        name: text.name,
        'aria-describedby': classNames(hintId, errorId) || undefined,
        'aria-invalid': text.error === undefined ? undefined : true,
      })}
      <FieldNotes hint={text.hint} hintId={hintId} error={text.error} errorId={errorId} />
    </div>
  )
}

interface NotesProps {
  readonly hint: ReactNode
  readonly hintId: string | undefined
  readonly error: FieldError | undefined
  readonly errorId: string | undefined
}

export function FieldNotes({ hint, hintId, error, errorId }: NotesProps) {
  return (
    <>
      {hintId !== undefined && (
        <p id={hintId} className="text-14 text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={errorId} className="flex gap-8 text-14 text-red">
          <Icon of={CircleAlert} className="field-error-icon" />
          <span>
            {error.message} {error.remedy}
          </span>
        </p>
      )}
    </>
  )
}

type TextFieldProps = FieldText & Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'name'>

/** A one-line text field. The value a person typed comes back as `defaultValue` after an error. */
export function TextField({ label, hint, error, id, name, className, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} name={name} {...(id === undefined ? {} : { id })}>
      {(control) => <input type="text" {...input} {...control} className={classNames(controlClass, className)} />}
    </Field>
  )
}

/** The look of every boxed control: input, textarea, select. */
export const controlClass =
  'w-full min-h-control rounded-control border border-control bg-raised px-12 text-16 text-ink placeholder:text-faint hover:border-ink aria-invalid:border-red disabled:bg-sunken disabled:text-muted disabled:cursor-not-allowed'
