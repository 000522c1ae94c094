import type { OwnClaim } from '#src/features/claims/index.ts'
import { Button } from '../../ui/button.tsx'
import { RadioGroup } from '../../ui/choice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { ToldForm } from '../engagement/told-form.tsx'
import type { Sent } from './open-claim.tsx'

interface StartClaimProps {
  readonly agent: { readonly slug: string; readonly name: string }
  readonly host: string
  readonly managed: readonly { readonly slug: string; readonly name: string }[]
  /** An earlier one of theirs that was refused. */
  readonly refused: OwnClaim | undefined
  readonly sent: Sent | undefined
}

/** For whom, and what comes next. */
export function StartClaim({ agent, host, managed, refused, sent }: StartClaimProps) {
  const errors = {
    organization: sent?.errors['organization'] === undefined ? undefined : { message: 'Choose the organization.' },
  }
  return (
    <ToldForm
      title={`Claim ${agent.name}`}
      intro={`For those who make it. You prove it at ${host}, an operator looks at it, and the entry is your organization’s.`}
      agent={agent}
      errors={errors}
      waitSeconds={sent?.waitSeconds}
    >
      {sent?.refusal !== undefined && (
        <Notice tone="warning" role="alert" title="The claim was not begun">
          {sent.refusal}
        </Notice>
      )}
      {refused !== undefined && sent === undefined && (
        <Notice title={`The claim for ${refused.organization.name} was refused`}>{refused.reason}</Notice>
      )}
      <div id="organization">
        <RadioGroup
          legend="For which organization?"
          name="organization"
          options={managed.map(({ slug, name }) => ({ value: slug, label: name }))}
          {...(managed[0] !== undefined && { defaultValue: managed[0].slug })}
          error={errors.organization}
        />
      </div>
      <p className="text-14 text-muted">
        Another one? <TextLink href="/account/organizations/new">Make an organization</TextLink>, then come back here.
        The page keeps its address and what it says; its figures and reviews begin with you.
      </p>
      <Button name="intent" value="start">
        Begin the claim
      </Button>
    </ToldForm>
  )
}
