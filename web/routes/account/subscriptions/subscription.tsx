import type { SubscriptionDetail } from '#src/features/billing/index.ts'
import CircleX from 'lucide-react/icons/circle-x'
import Plus from 'lucide-react/icons/plus'
import Rocket from 'lucide-react/icons/rocket'
import { useLocale } from '../../../locale.ts'
import { ButtonLink } from '../../../ui/button.tsx'
import { Meter } from '../../../ui/meter.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Table } from '../../../ui/table.tsx'
import { formatDay, formatDayInYear } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { meterLimit } from '../../offers/meter-limit.ts'
import { AttentionActions } from './attention-actions.tsx'
import { attentionOf } from './attention.ts'
import { AccountPage, noticeOf, Section } from '../account-page.tsx'
import { Record } from '../record.tsx'
import { isRefusal, RefusalNotice } from './refusal.tsx'
import { StatusBadge } from './status.tsx'
import { subscriptionRequest } from './subscription-request.ts'
import { isChangeable, isOver, nextWords, owes, priceWords } from './words.ts'
import type { Route } from './+types/subscription.ts'

export const headers = accountHeaders

const notices = {
  changed: { title: 'Your tier is changed', text: 'It acts from now on; what you used so far counts on.' },
  scheduled: { title: 'The change is noted', text: 'It acts by itself on the day below. Until then nothing changes.' },
  kept: { title: 'You stay on your tier', text: 'The change that was noted is taken back.' },
  cancelled: {
    title: 'Your subscription is cancelled',
    text: 'Nothing more is charged. You can resume it until it ends.',
  },
  ended: { title: 'Your subscription has ended', text: 'Nothing more is charged, and the open invoice is void.' },
  resumed: { title: 'Your subscription goes on', text: 'The cancellation is taken back.' },
  'addon-bought': { title: 'The add-on is yours', text: 'Your limit is raised from now on.' },
  'addon-ended': { title: 'The add-on is taken off', text: 'It is not charged again.' },
  'no-longer': { title: 'That can’t be resumed any more', text: 'It has ended. You can subscribe again.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { subscription, path, searchParams } = await subscriptionRequest(args, { isUpToDate: true })
  const refused = searchParams.get('refused') ?? ''
  return { subscription, path, notice: noticeOf(notices, searchParams), refused }
}

export default function SubscriptionPage({
  loaderData: { subscription, path, notice, refused },
}: Route.ComponentProps) {
  const { agent, meters, addons } = subscription
  const isEnded = isOver(subscription)
  return (
    <AccountPage
      title={agent.name}
      current="/account/subscriptions"
      notice={notice}
      action={
        agent.isLaunchable &&
        !isEnded && (
          <ButtonLink size="console" icon={Rocket} href={`/agents/${agent.slug}/launch`}>
            Launch
          </ButtonLink>
        )
      }
    >
      {isRefusal(refused) && <RefusalNotice refusal={{ code: refused }} />}
      <State subscription={subscription} />
      <Terms subscription={subscription} path={path} />
      <Section id="usage" title="Usage">
        {meters.length > 0 && (
          <div className="flex max-w-prose flex-col gap-16">
            {meters.map((meter) => (
              <Meter
                key={meter.metric}
                label={meter.displayName}
                unit={meter.unit}
                used={meter.used}
                limit={meterLimit(meter)}
                resets={meter.resetsAt === null ? undefined : `resets ${formatDayInYear(meter.resetsAt)}`}
              />
            ))}
          </div>
        )}
        <p className="flex flex-wrap gap-x-24 gap-y-8">
          <TextLink href={`${path}/usage`}>Every unit, with its receipt</TextLink>
          <TextLink href={`${path}/estimate`}>What would I pay?</TextLink>
        </p>
      </Section>
      {!isEnded && (addons.length > 0 || (subscription.offers.length > 0 && !agent.isSuspended)) && (
        <Addons subscription={subscription} path={path} />
      )}
      {!isEnded && !subscription.cancelAtPeriodEnd && <Ending subscription={subscription} path={path} />}
    </AccountPage>
  )
}

interface PartProps {
  readonly subscription: SubscriptionDetail
  readonly path: string
}

/** What its owner should know or do, the most urgent first; nothing where all is as it should be. */
function State({ subscription }: { subscription: SubscriptionDetail }) {
  const locale = useLocale()
  if (isOver(subscription)) return <Over subscription={subscription} />
  return attentionOf(subscription, { now: subscription.now, locale }).map((attention) => (
    <Notice key={attention.title} tone={attention.tone} title={attention.title}>
      <div className="flex flex-col gap-12">
        <p className="max-w-prose">{attention.text}</p>
        <div className="flex flex-wrap gap-12 empty:hidden">
          <AttentionActions attention={attention} subscription={subscription} offers={subscription.offers} />
        </div>
      </div>
    </Notice>
  ))
}

/** What is left of it, and the way back. */
function Over({ subscription }: { subscription: SubscriptionDetail }) {
  const { agent, status, endedAt } = subscription
  const title =
    status === 'incomplete_expired'
      ? 'It never began'
      : endedAt === null
        ? 'It has ended'
        : `It ended on ${formatDay(endedAt)}`
  return (
    <Notice title={title}>
      <div className="flex flex-col gap-12">
        <p className="max-w-prose">
          {status === 'incomplete_expired'
            ? 'The first payment was not made in time. Nothing was charged.'
            : 'Nothing more is charged. What you used stays below, unit by unit.'}
          {agent.isSuspended && ` ${agent.name} is suspended, so it can’t be subscribed to now.`}
        </p>
        {agent.isPublished && (
          <div>
            <ButtonLink kind="secondary" size="console" href={`/agents/${agent.slug}#pricing`}>
              Subscribe again
            </ButtonLink>
          </div>
        )}
      </div>
    </Notice>
  )
}

function Terms({ subscription, path }: PartProps) {
  const locale = useLocale()
  const { tier, price, period, next } = subscription
  const isEnded = isOver(subscription)
  const lines = [
    {
      label: 'Tier',
      value:
        price === null
          ? `${tier.name}${/free/i.test(tier.name) ? '' : ' · free'}`
          : `${tier.name} · ${priceWords(price, locale)}`,
      action: isChangeable(subscription) && <TextLink href={`${path}/change`}>Change tier</TextLink>,
    },
    { label: 'Status', value: <StatusBadge subscription={subscription} /> },
    ...(next === null || isEnded ? [] : [{ label: 'Changes to', value: `${next.tier.name} on ${formatDay(next.at)}` }]),
    ...(isEnded
      ? []
      : [
          {
            label: 'Next charge',
            value: nextWords(subscription, locale),
            action: price !== null && <TextLink href="/account/billing">Cards and details</TextLink>,
          },
        ]),
    ...(period === null || price === null
      ? []
      : [{ label: 'Present period', value: `${formatDay(period.start)} to ${formatDay(period.end)}` }]),
  ]
  return <Record lines={lines} />
}

const scopes = { one_cycle: 'This period', permanent: 'Every period' } as const

function Addons({ subscription, path }: PartProps) {
  const locale = useLocale()
  const { addons, offers, agent } = subscription
  const add = offers.length > 0 && !owes(subscription) && !agent.isSuspended && (
    <div>
      <ButtonLink kind="secondary" size="console" icon={Plus} href={`${path}/addons`}>
        Buy an add-on
      </ButtonLink>
    </div>
  )
  return (
    <Section
      id="addons"
      title="Add-ons"
      intro={addons.length === 0 ? 'They raise a limit: once, or in every period.' : undefined}
    >
      {addons.length > 0 && (
        <Table
          caption="Add-ons in force"
          size="console"
          rows={addons}
          rowKey={({ id }) => id}
          columns={[
            { key: 'name', label: 'Add-on', cell: ({ name }) => name },
            {
              key: 'amount',
              label: 'Raises by',
              cell: ({ amount, unit }) => (
                <span className="figures">
                  {amount.toLocaleString('en')} {unit}
                </span>
              ),
            },
            { key: 'scope', label: 'Counts in', cell: ({ scope }) => scopes[scope] },
            {
              key: 'price',
              label: 'Price',
              cell: ({ price, isPurchased }) =>
                price === null ? (
                  isPurchased ? (
                    'Paid once'
                  ) : (
                    'Given'
                  )
                ) : (
                  <span className="figures">{priceWords(price, locale)}</span>
                ),
            },
            {
              key: 'end',
              label: 'Action',
              cell: ({ id, name, price }) =>
                price === null ? (
                  '–'
                ) : (
                  <a href={`${path}/addons?remove=${id}`} aria-label={`Take off ${name}`}>
                    Take off
                  </a>
                ),
            },
          ]}
        />
      )}
      {add}
    </Section>
  )
}

const Ending = ({ subscription: { agent }, path }: PartProps) => (
  <Section id="end" title="End it" intro="You see first when it ends and what stays.">
    <div>
      <ButtonLink kind="danger" size="console" icon={CircleX} href={`${path}/cancel`}>
        Cancel {agent.name}
      </ButtonLink>
    </div>
  </Section>
)
