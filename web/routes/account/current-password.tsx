import { type FieldError, TextField } from '../../ui/field.tsx'

export const wrongPassword: FieldError = {
  message: 'This is not your password.',
  remedy: 'Enter the one you sign in with.',
}

/** Asks whoever sits at the keyboard to show that the account is theirs. */
export const CurrentPassword = ({ error, id }: { error?: FieldError | undefined; id?: string }) => (
  <TextField
    label="Your password"
    name="password"
    {...(id === undefined ? {} : { id })}
    type="password"
    autoComplete="current-password"
    error={error}
    required
  />
)
