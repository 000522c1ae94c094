import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import type { PresentSubscription } from '#src/features/billing/index.ts'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import { withReturnTo } from '../../return-to.ts'
import { Badge } from '../../ui/badge.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Notice } from '../../ui/notice.tsx'
import { Day, formatDayInYear } from '../../ui/time.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { AccountPage, Section } from './account-page.tsx'
import { AttentionList, useAttention } from './attention-list.tsx'
import { Record } from './record.tsx'
import { RunningList } from './running-list.tsx'
import { personRequest } from './person-request.ts'
import type { Route } from './+types/overview.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { people, caller, viewer } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const [profile, overview] = await Promise.all([people.profile(caller), billing.overview({ userId: viewer.id })])
  return { profile, ...overview }
}

/** Where somebody stands: what needs them first, then what runs and what it costs next, then who they are. */
export default function Overview({ loaderData }: Route.ComponentProps) {
  const { profile, subscriptions, hasMore, now } = loaderData
  const waiting = useAttention({ subscriptions, now })
  return (
    <AccountPage title="Your account" current="/account">
      {!profile.emailVerified && (
        <Notice tone="warning" title="Your address is not confirmed yet">
          Until then you can’t review, publish or invite.{' '}
          <TextLink href={withReturnTo('/verify-email', '/account')}>Send a new link</TextLink>
        </Notice>
      )}
      {subscriptions.length === 0 ? (
        <EmptyState title="Nothing runs yet" action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}>
          What you start at an agent is shown here: how far its limits are used, and what it costs next.
        </EmptyState>
      ) : (
        <>
          <Figures subscriptions={subscriptions} hasMore={hasMore} now={now} />
          {waiting.length > 0 && (
            <Section
              id="attention"
              title={waiting.length === 1 ? 'One thing to look at' : `${waiting.length} things to look at`}
            >
              <AttentionList subscriptions={subscriptions} now={now} />
            </Section>
          )}
          <Section id="running" title="Your agents">
            <RunningList subscriptions={subscriptions} />
            <p>
              <TextLink href="/account/subscriptions">
                {hasMore
                  ? 'All subscriptions, also those that are not shown here'
                  : 'All subscriptions, also those that ended'}
              </TextLink>
            </p>
          </Section>
        </>
      )}
      <Section id="you" title="You">
        <You profile={profile} />
      </Section>
    </AccountPage>
  )
}

interface FiguresProps {
  readonly subscriptions: readonly PresentSubscription[]
  readonly hasMore: boolean
  readonly now: string
}

/** The longest month, so that what renews each month is in it once. */
const monthMs = 31 * 86_400_000

/** What comes by itself: the next charge, and all of the month from now. */
function Figures({ subscriptions, hasMore, now }: FiguresProps) {
  const locale = useLocale()
  const charges = subscriptions
    .flatMap(({ nextCharge, needsCard, agent }) => (nextCharge === null || needsCard ? [] : { ...nextCharge, agent }))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const [next] = charges
  const until = Date.parse(now) + monthMs
  const soon = charges.filter(({ at }) => Date.parse(at) <= until)
  // One person pays in one currency; sums of several would be none.
  const isOneCurrency = new Set(soon.map(({ currency }) => currency)).size === 1
  const sum = soon.reduce((total, { amountMinor }) => total + amountMinor, 0)
  return (
    <KeyFigures
      figures={[
        { label: 'Subscriptions', value: `${subscriptions.length}${hasMore ? '+' : ''}` },
        next === undefined
          ? { label: 'Next charge', value: 'None' }
          : {
              label: `Next charge, ${formatDayInYear(next.at)}: ${next.agent.name}`,
              value: formatMoney(next, locale),
            },
        ...(next !== undefined && isOneCurrency
          ? [
              {
                label: 'By itself in the next 31 days',
                value: formatMoney({ amountMinor: sum, currency: next.currency }, locale),
              },
            ]
          : []),
      ]}
    />
  )
}

const You = ({ profile }: Pick<Route.ComponentProps['loaderData'], 'profile'>) => (
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
)
