import type { SubscriptionDetail } from '#src/features/billing/index.ts'
import CircleX from 'lucide-react/icons/circle-x'
import Plus from 'lucide-react/icons/plus'
import Rocket from 'lucide-react/icons/rocket'
import { webContext } from '../../../context.ts'
import { useLocale } from '../../../locale.ts'
import { Button, ButtonLink } from '../../../ui/button.tsx'
import { Meter } from '../../../ui/meter.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Table } from '../../../ui/table.tsx'
import { formatDay } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { meterLimit } from '../../offers/meter-limit.ts'
import { AccountPage, noticeOf, Section } from '../account-page.tsx'
import { Record } from '../record.tsx'
import { isRefusal, RefusalNotice } from './refusal.tsx'
import { StatusBadge } from './status.tsx'
import { subscriptionRequest } from './subscription-request.ts'
import { isOver, nextWords, owes, priceWords, statusWords } from './words.ts'
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
  const { services } = args.context.get(webContext)
  const { slug } = subscription.agent
  const isLaunchable = (await services.catalog.findLaunchUri(slug)) !== undefined
  const refused = searchParams.get('refused') ?? ''
  return { subscription, path, isLaunchable, notice: noticeOf(notices, searchParams), refused }
}

export default function SubscriptionPage({
  loaderData: { subscription, path, isLaunchable, notice, refused },
}: Route.ComponentProps) {
  const { agent, meters, addons } = subscription
  const isEnded = isOver(subscription)
  return (
    <AccountPage
      title={agent.name}
      current="/account/subscriptions"
      notice={notice}
      action={
        isLaunchable &&
        !isEnded && (
          <ButtonLink size="console" icon={Rocket} href={`/agents/${agent.slug}/launch`}>
            Launch
          </ButtonLink>
        )
      }
    >
      {isRefusal(refused) && <RefusalNotice refusal={{ code: refused }} />}
      <State subscription={subscription} path={path} />
      <Terms subscription={subscription} path={path} />
      {meters.length > 0 && (
        <Section id="usage" title="Usage">
          <div className="flex max-w-prose flex-col gap-16">
            {meters.map((meter) => (
              <Meter
                key={meter.metric}
                label={meter.displayName}
                unit={meter.unit}
                used={meter.used}
                limit={meterLimit(meter)}
                resets={meter.resetsAt === null ? undefined : `resets ${formatDay(meter.resetsAt)}`}
              />
            ))}
          </div>
          <p>
            <TextLink href={`${path}/usage`}>Every unit, with its receipt</TextLink>
          </p>
        </Section>
      )}
      {!isEnded && (addons.length > 0 || subscription.offers.length > 0) && (
        <Addons subscription={subscription} path={path} />
      )}
      {!isEnded && <Ending subscription={subscription} path={path} />}
    </AccountPage>
  )
}

interface PartProps {
  readonly subscription: SubscriptionDetail
  readonly path: string
}

/** What is wrong, if anything is, and the one thing to do about it. */
function State({ subscription, path }: PartProps) {
  const { label, text, tone } = statusWords(subscription)
  const { needsCard, nextCharge } = subscription
  if (needsCard && nextCharge !== null) {
    return (
      <Notice tone="warning" title={`Without a card it ends on ${formatDay(nextCharge.at)}`}>
        Nothing is charged before that day. <TextLink href="/account/billing">Add a card</TextLink>
      </Notice>
    )
  }
  if (text === undefined) return undefined
  return (
    <Notice tone={tone === 'neutral' ? 'info' : tone} title={label}>
      {text} {owes(subscription) && <TextLink href={`${path}/pay`}>Pay now</TextLink>}
    </Notice>
  )
}

function Terms({ subscription, path }: PartProps) {
  const locale = useLocale()
  const { tier, price, period, next, agent } = subscription
  const isEnded = isOver(subscription)
  const lines = [
    {
      label: 'Tier',
      value: `${tier.name} · ${price === null ? 'free' : priceWords(price, locale)}`,
      action: isEnded
        ? agent.isPublished && <TextLink href={`/agents/${agent.slug}#pricing`}>Subscribe again</TextLink>
        : isChangeable(subscription) && <TextLink href={`${path}/change`}>Change tier</TextLink>,
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

/** What ends, or stands still, is not changed. */
const isChangeable = ({ status, cancelAtPeriodEnd }: SubscriptionDetail): boolean =>
  (status === 'active' || status === 'trialing') && !cancelAtPeriodEnd

const scopes = { one_cycle: 'This period', permanent: 'Every period' } as const

function Addons({ subscription, path }: PartProps) {
  const locale = useLocale()
  const { addons, offers } = subscription
  const add = offers.length > 0 && !owes(subscription) && (
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

function Ending({ subscription, path }: PartProps) {
  const { period, cancelAtPeriodEnd, price, agent } = subscription
  const end = period === null ? '' : formatDay(period.end)
  if (cancelAtPeriodEnd) {
    return (
      <Section
        id="end"
        title={`Ends on ${end}`}
        intro={`Until then ${agent.name} works as before. ${price === null ? 'It stays free if you resume it.' : 'If you resume it, it goes on and is charged as before.'}`}
      >
        <form method="post" action={`${path}/resume`}>
          <Button kind="secondary" size="console">
            Resume
          </Button>
        </form>
      </Section>
    )
  }
  return (
    <Section id="end" title="End it" intro="You see first when it ends and what stays.">
      <div>
        <ButtonLink kind="danger" size="console" icon={CircleX} href={`${path}/cancel`}>
          Cancel {agent.name}
        </ButtonLink>
      </div>
    </Section>
  )
}
