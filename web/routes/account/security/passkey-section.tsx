import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { type FieldError, TextField } from '../../../ui/field.tsx'
import { PasskeyScript } from '../../../ui/passkey-script.tsx'
import { Table } from '../../../ui/table.tsx'
import { Day } from '../../../ui/time.tsx'
import { FormColumn, Section } from '../account-page.tsx'
import { CurrentPassword } from '../current-password.tsx'
import { TextButton } from '../text-button.tsx'

interface Passkey {
  readonly id: string
  readonly name: string
  readonly addedAt: string
  readonly isSynced: boolean
}

interface PasskeySectionProps {
  readonly passkeys: readonly Passkey[]
  readonly needsPassword: boolean
  readonly error?: FieldError | undefined
}

export const PasskeySection = ({ passkeys, needsPassword, error }: PasskeySectionProps) => (
  <Section
    id="passkeys"
    title="Passkeys"
    intro="Sign in with a finger, a face or the PIN of a device. The password keeps working."
  >
    {passkeys.length > 0 && <Passkeys passkeys={passkeys} />}
    <noscript>
      <p className="text-muted">Adding a passkey needs JavaScript. The password does not.</p>
    </noscript>
    <form
      method="post"
      action="/account/security"
      noValidate
      hidden
      data-passkey="create"
      data-options="/account/security/passkey-options"
      data-cancelled="No passkey was made. Press the button to try again; a device takes one for this account."
    >
      <FormColumn>
        <input type="hidden" name="intent" value="add-passkey" />
        <input type="hidden" name="credential" value="" />
        <TextField
          id="passkey-name"
          label="Name of the passkey"
          name="name"
          autoComplete="off"
          defaultValue={`Passkey ${passkeys.length + 1}`}
          hint="To tell it from others, such as “Laptop”."
          error={error}
        />
        {needsPassword && <CurrentPassword id="passkey-password" />}
        <p role="alert" className="text-14 text-red empty:hidden" />
        <div>
          <Button kind="secondary">Add a passkey</Button>
        </div>
      </FormColumn>
    </form>
    <PasskeyScript />
  </Section>
)

const Passkeys = ({ passkeys }: { passkeys: readonly Passkey[] }) => (
  <Table
    caption="Your passkeys"
    size="console"
    rows={passkeys}
    rowKey={({ id }) => id}
    columns={[
      { key: 'name', label: 'Name', cell: (passkey) => <Rename passkey={passkey} /> },
      { key: 'added', label: 'Added', cell: ({ addedAt }) => <Day iso={addedAt} /> },
      {
        key: 'kept',
        label: 'Kept',
        cell: ({ isSynced }) => <Badge>{isSynced ? 'On several devices' : 'On one device'}</Badge>,
      },
      { key: 'action', label: 'Action', cell: (passkey) => <Remove passkey={passkey} /> },
    ]}
  />
)

const Rename = ({ passkey }: { passkey: Passkey }) => (
  <form method="post" action="/account/security" className="inline-flex min-w-0 flex-wrap items-center gap-8">
    <input type="hidden" name="intent" value="rename-passkey" />
    <input type="hidden" name="passkey" value={passkey.id} />
    <input
      name="name"
      aria-label={`Name of ${passkey.name}`}
      defaultValue={passkey.name}
      maxLength={100}
      className="min-h-control-console min-w-0 rounded-control border border-control bg-raised px-8 text-14"
    />
    <Button kind="secondary" size="console" aria-label={`Rename ${passkey.name}`}>
      Rename
    </Button>
  </form>
)

const Remove = ({ passkey }: { passkey: Passkey }) => (
  <form method="post" action="/account/security">
    <input type="hidden" name="intent" value="remove-passkey" />
    <input type="hidden" name="passkey" value={passkey.id} />
    <TextButton aria-label={`Remove ${passkey.name}`}>Remove</TextButton>
  </form>
)
