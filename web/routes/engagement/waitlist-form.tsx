import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import type { FieldError } from '../../ui/field.tsx'

export interface WaitlistFormProps {
  readonly slug: string
  /** Filled in: of somebody who is signed in, or what was typed. */
  readonly email: string
  readonly error?: FieldError | undefined
  /** Their own confirmed address waits already. */
  readonly isWaiting: boolean
}

/** For an agent that can't be used yet: one mail when it can. */
export const WaitlistForm = ({ slug, email, error, isWaiting }: WaitlistFormProps) =>
  isWaiting ? (
    <form method="post" action={`/agents/${slug}/waitlist`} className="flex flex-col gap-12">
      <p className="text-14 text-muted">You are on the waitlist: one mail comes to {email} when it can be used.</p>
      <input type="hidden" name="intent" value="leave" />
      <Button kind="secondary">Leave the waitlist</Button>
    </form>
  ) : (
    <form method="post" action={`/agents/${slug}/waitlist`} noValidate className="flex flex-col gap-12">
      <TextField
        label="E-mail address"
        id="waitlist-email"
        name="email"
        type="email"
        autoComplete="email"
        defaultValue={email}
        error={error}
        hint="One mail when it can be used, and no other."
        required
      />
      <Button>Join the waitlist</Button>
    </form>
  )
