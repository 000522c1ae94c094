import type { SelectHTMLAttributes } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import { classNames } from './class-names.ts'
import { controlClass, Field, type FieldText } from './field.tsx'
import { Icon } from './icon.tsx'

export interface Option {
  readonly value: string
  readonly label: string
}

type SelectFieldProps = FieldText &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id' | 'name' | 'children'> & { readonly options: readonly Option[] }

/** The platform's own select, drawn like the other controls. */
export function SelectField({ label, hint, error, id, name, options, className, ...select }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} name={name} {...(id === undefined ? {} : { id })}>
      {(control) => (
        <span className="relative flex">
          <select {...select} {...control} className={classNames(controlClass, 'appearance-none pe-32', className)}>
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon of={ChevronDown} className="pointer-events-none absolute end-12 top-1/2 -translate-y-1/2 text-muted" />
        </span>
      )}
    </Field>
  )
}
