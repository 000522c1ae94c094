import CircleCheck from 'lucide-react/icons/circle-check'
import { Badge } from '../../../ui/badge.tsx'
import { ButtonLink } from '../../../ui/button.tsx'
import { Section } from '../account-page.tsx'

export const TwoFactorSection = ({ isOn }: { isOn: boolean }) => (
  <Section
    id="two-factor"
    title="Second step"
    intro="After the password, a code from an app on your phone. A stolen password alone then opens nothing."
  >
    <div className="flex flex-wrap items-center gap-16">
      {isOn && (
        <Badge tone="good" icon={CircleCheck}>
          On
        </Badge>
      )}
      <ButtonLink kind="secondary" href="/account/security/two-factor">
        {isOn ? 'Manage the second step' : 'Set up a second step'}
      </ButtonLink>
    </div>
  </Section>
)
