import { Button } from '../../../ui/button.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { FormColumn, Section } from '../account-page.tsx'
import { CurrentPassword } from '../current-password.tsx'

interface PasswordSectionProps {
  readonly email: string
  readonly errors: { readonly password?: FieldError; readonly newPassword?: FieldError }
}

export const PasswordSection = ({ email, errors }: PasswordSectionProps) => (
  <Section id="password" title="Password" intro="Changing it signs every other device out.">
    <form method="post" noValidate>
      <FormColumn>
        {/* Tells a password manager whose password this is. */}
        <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
        <CurrentPassword error={errors.password} />
        <TextField
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words are easier to remember than a code."
          error={errors.newPassword}
          required
        />
        <div>
          <Button>Change the password</Button>
        </div>
      </FormColumn>
    </form>
  </Section>
)
