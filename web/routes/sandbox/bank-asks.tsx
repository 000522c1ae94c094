import { Button } from '../../ui/button.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { SandboxGate } from './sandbox-page.tsx'

interface BankAsksProps {
  /** What is asked about, such as "a payment of €9.00". */
  readonly about: string
  readonly last4?: string | undefined
  /** Sent along with the answer. */
  readonly fields: Readonly<Record<string, string>>
  /** Approving spends money. */
  readonly spends: boolean
  /** Where another card can be chosen instead. */
  readonly otherWay?: string
}

/** What the bank of a card would ask its owner (3-D Secure), asked here. */
export const BankAsks = ({ about, last4, fields, spends, otherWay }: BankAsksProps) => (
  <SandboxGate
    title="Your bank asks"
    intro={`Is ${about}${last4 === undefined ? '' : ` with the card ending in ${last4}`} yours? In the sandbox you answer here; else your bank’s own page or app would ask.`}
    footer={
      otherWay !== undefined && (
        <p>
          <TextLink href={otherWay}>Pay with another card</TextLink>
        </p>
      )
    }
  >
    <form method="post" className="flex flex-col gap-12">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button kind={spends ? 'buy' : 'ink'} name="authentication" value="succeeded">
        Approve
      </Button>
      <Button kind="secondary" name="authentication" value="failed">
        Refuse
      </Button>
    </form>
  </SandboxGate>
)
