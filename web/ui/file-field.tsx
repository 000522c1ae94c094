import { Field, type FieldText } from './field.tsx'

interface FileFieldProps extends FieldText {
  /** Media types, separated by commas; the server looks at the bytes themselves. */
  readonly accept: string
}

/** The platform's own file chooser. A browser never fills one again, so what was chosen is lost when a form comes back. */
export const FileField = ({ accept, ...text }: FileFieldProps) => (
  <Field {...text}>{(control) => <input type="file" accept={accept} {...control} className="file-input" />}</Field>
)
