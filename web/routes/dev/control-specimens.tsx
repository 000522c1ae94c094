import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { Button, type ButtonKind, ButtonLink } from '#web/ui/button.tsx'
import { Checkbox, RadioGroup, Switch } from '#web/ui/choice.tsx'
import { TextField } from '#web/ui/field.tsx'
import { SelectField } from '#web/ui/select-field.tsx'
import { TextArea } from '#web/ui/text-area.tsx'
import { Row, Specimens } from './specimens.tsx'

const kinds: readonly { readonly kind: ButtonKind; readonly label: string }[] = [
  { kind: 'ink', label: 'Save changes' },
  { kind: 'buy', label: 'Start 14-day trial' },
  { kind: 'secondary', label: 'Preview' },
  { kind: 'danger', label: 'Delete agent' },
  { kind: 'link', label: 'Learn more' },
]

const error = { message: 'This address is already in use.', remedy: 'Sign in with it, or use another.' }

/** `prefix` keeps ids apart where the same parts are shown twice. */
export const ControlSpecimens = ({ prefix }: { prefix: string }) => (
  <>
    <Specimens title="Button">
      <Row>
        {kinds.map(({ kind, label }) => (
          <Button key={kind} kind={kind} type="button" {...(kind === 'danger' && { icon: Trash })}>
            {label}
          </Button>
        ))}
      </Row>
      <Row>
        {kinds.map(({ kind, label }) => (
          <Button key={kind} kind={kind} type="button" disabled>
            {label}
          </Button>
        ))}
      </Row>
      <Row>
        {kinds.map(({ kind, label }) => (
          <Button key={kind} kind={kind} type="button" isLoading>
            {label}
          </Button>
        ))}
      </Row>
      <Row>
        {kinds.map(({ kind, label }) => (
          <Button key={kind} kind={kind} size="console" type="button">
            {label}
          </Button>
        ))}
      </Row>
      <Row>
        <ButtonLink href="#parts" icon={Plus}>
          With an icon, as a link
        </ButtonLink>
      </Row>
    </Specimens>

    <Specimens title="Field, text area, select">
      <div className="grid gap-24 sm:grid-cols-2">
        <TextField
          id={`${prefix}-name`}
          name="name"
          label="Name"
          hint="As people will read it."
          placeholder="OpenHands"
        />
        <TextField id={`${prefix}-email`} name="email" label="E-mail" defaultValue="ada@example.com" error={error} />
        <TextField id={`${prefix}-id`} name="id" label="Identifier" defaultValue="openhands" disabled />
        <SelectField
          id={`${prefix}-order`}
          name="order"
          label="Order"
          options={[
            { value: 'name', label: 'Name' },
            { value: 'newest', label: 'Newest' },
          ]}
        />
        <TextArea id={`${prefix}-note`} name="note" label="Note" hint="Markdown works." />
        <TextArea
          id={`${prefix}-reason`}
          name="reason"
          label="Reason"
          defaultValue="Too short"
          error={{ message: 'The reason is too short.', remedy: 'Write a sentence others can follow.' }}
        />
      </div>
    </Specimens>

    <Specimens title="Choices">
      <div className="grid gap-24 sm:grid-cols-2">
        <div>
          <Checkbox id={`${prefix}-off`} name="off" label="Not chosen" />
          <Checkbox id={`${prefix}-on`} name="on" label="Chosen" hint="With a hint below it." defaultChecked />
          <Checkbox id={`${prefix}-must`} name="must" label="I agree" error={{ message: 'Agree to go on.' }} />
          <Checkbox id={`${prefix}-dead`} name="dead" label="Not available" disabled defaultChecked />
        </div>
        <div>
          <Switch id={`${prefix}-switch-off`} name="switch-off" label="Off" />
          <Switch id={`${prefix}-switch-on`} name="switch-on" label="On" defaultChecked />
          <Switch id={`${prefix}-switch-dead`} name="switch-dead" label="Not available" disabled />
        </div>
        <RadioGroup
          legend="Billing"
          name={`${prefix}-billing`}
          defaultValue="month"
          options={[
            { value: 'month', label: 'Monthly' },
            { value: 'year', label: 'Yearly', hint: 'Two months less to pay.' },
          ]}
        />
        <RadioGroup
          legend="Scope"
          name={`${prefix}-scope`}
          options={[
            { value: 'one', label: 'This cycle' },
            { value: 'all', label: 'Every cycle' },
          ]}
          error={{ message: 'No scope is chosen.', remedy: 'Choose how long it lasts.' }}
        />
      </div>
    </Specimens>
  </>
)
