import type { FieldError } from '../../../ui/field.tsx'

/** A service's sentences, by field, as the fields and the summary take them. */
export const fieldErrors = (errors: Readonly<Record<string, string>>): Readonly<Record<string, FieldError>> =>
  Object.fromEntries(Object.entries(errors).map(([field, message]) => [field, { message }]))
