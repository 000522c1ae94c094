import type { TextareaHTMLAttributes } from 'react'
import { classNames } from './class-names.ts'
import { controlClass, Field, type FieldText } from './field.tsx'

type TextAreaProps = FieldText & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id' | 'name'>

export function TextArea({ label, hint, error, id, name, className, ...area }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error} name={name} {...(id === undefined ? {} : { id })}>
      {(control) => (
        <textarea rows={4} {...area} {...control} className={classNames(controlClass, 'py-8', className)} />
      )}
    </Field>
  )
}
