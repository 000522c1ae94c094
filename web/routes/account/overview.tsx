import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Day } from '../../ui/time.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { AccountPage, Section } from './account-page.tsx'
import { Record } from './record.tsx'
import { personRequest } from './person-request.ts'
import { StatusBadge } from './subscriptions/status.tsx'
import { isOver } from './subscriptions/words.ts'
import type { Route } from './+types/overview.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, viewer } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const page = await billing.list({ userId: viewer.id })
  const present = page?.kind === 'ok' ? page.value.items.filter((subscription) => !isOver(subscription)) : []
  return { profile: await people.profile(caller), subscriptions: present.slice(0, shownMax) }
}

/** The others are one click away. */
const shownMax = 5

export default function Overview({ loaderData: { profile, subscriptions } }: Route.ComponentProps) {
  return (
    <AccountPage title="Your account" current="/account">
      {!profile.emailVerified && (
        <Notice tone="warning" title="Your address is not confirmed yet">
          Until then you can’t review, publish or invite.{' '}
          <TextLink href={withReturnTo('/verify-email', '/account')}>Send a new link</TextLink>
        </Notice>
      )}
      <Record
        lines={[
          { label: 'Name', value: profile.name, action: <TextLink href="/account/profile">Change name</TextLink> },
          {
            label: 'E-mail',
            value: (
              <span className="flex flex-wrap items-center gap-8">
                <span className="wrap-anywhere">{profile.email}</span>
                {profile.emailVerified ? (
                  <Badge tone="good" icon={CircleCheck}>
                    Confirmed
                  </Badge>
                ) : (
                  <Badge tone="warning" icon={CircleAlert}>
                    Not confirmed
                  </Badge>
                )}
              </span>
            ),
            action: <TextLink href="/account/profile#email-title">Change address</TextLink>,
          },
          { label: 'Member since', value: <Day iso={profile.memberSince} /> },
        ]}
      />
      {subscriptions.length > 0 && (
        <Section id="subscriptions" title="Subscriptions">
          <Record
            lines={subscriptions.map((subscription) => ({
              label: subscription.agent.name,
              value: (
                <span className="flex flex-wrap items-center gap-8">
                  {subscription.tier.name}
                  <StatusBadge subscription={subscription} />
                </span>
              ),
              action: (
                <a
                  href={`/account/subscriptions/${subscription.id}`}
                  className="underline underline-offset-link"
                  aria-label={`Manage ${subscription.agent.name}`}
                >
                  Manage
                </a>
              ),
            }))}
          />
        </Section>
      )}
      <div>
        <ButtonLink kind="secondary" size="console" href="/agents">
          Browse the agents
        </ButtonLink>
      </div>
      <Section
        id="leave"
        title="Leave"
        intro={
          <>
            <TextLink href="/account/delete">Delete your account</TextLink> and what belongs to it. You are shown what
            that means before you are asked.
          </>
        }
      />
    </AccountPage>
  )
}
