import CircleAlert from 'lucide-react/icons/circle-alert'
import CircleCheck from 'lucide-react/icons/circle-check'
import { data } from 'react-router'
import type { Estimate, EstimatedTier } from '#src/features/estimate/index.ts'
import { webContext } from '../../../context.ts'
import { useLocale } from '../../../locale.ts'
import { Badge } from '../../../ui/badge.tsx'
import { ButtonLink } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Receipt } from '../../../ui/receipt.tsx'
import { Table } from '../../../ui/table.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { AccountPage, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { answerOf, arithmeticOf, gapWords, monthName, monthsWords } from './estimate-words.ts'
import type { Route } from './+types/estimate.ts'

export const headers = accountHeaders

/** "What would I pay?": the tiers on offer against what this person really used. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const which = { subscriptionId: args.params.id, userId: viewer.id }
  const [estimate, subscription] = await Promise.all([services.estimate.read(which), services.billing.find(which)])
  if (estimate === undefined || subscription === undefined) throw data(null, { status: 404 })
  const isOpen = subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired'
  return { estimate, path: `/account/subscriptions/${estimate.subscriptionId}`, isOpen }
}

export default function EstimatePage({ loaderData: { estimate, path, isOpen } }: Route.ComponentProps) {
  return (
    <AccountPage title={`${estimate.agent.name}: what would I pay?`} current="/account/subscriptions">
      <p>
        <TextLink href={path}>Back to the subscription</TextLink>
      </p>
      {estimate.tiers.length === 0 ? (
        <EmptyState
          title="Nothing was used yet"
          action={
            <ButtonLink kind="secondary" href={path}>
              Back to the subscription
            </ButtonLink>
          }
        >
          What each tier would cost is reckoned from your own use, a few minutes after the first of it.
        </EmptyState>
      ) : (
        <Reckoned estimate={estimate} path={path} isOpen={isOpen} />
      )}
    </AccountPage>
  )
}

interface ReckonedProps {
  readonly estimate: Estimate
  readonly path: string
  readonly isOpen: boolean
}

function Reckoned({ estimate, path, isOpen }: ReckonedProps) {
  const answer = answerOf(estimate, useLocale())
  return (
    <>
      <Notice title={answer.title}>
        <div className="flex flex-col gap-12">
          <p className="max-w-prose">{answer.text}</p>
          {answer.better !== undefined && isOpen && (
            <div>
              <ButtonLink kind="secondary" size="console" href={`${path}/change?tier=${answer.better.id}`}>
                See the change to {answer.better.name}
              </ButtonLink>
            </div>
          )}
        </div>
      </Notice>
      <Used estimate={estimate} />
      <Section
        id="tiers"
        title="What each tier comes to"
        intro={`For what you used ${monthsWords(estimate.use)}, at today’s prices and before tax; the cheapest first. Add-ons fill what a tier lacks.`}
      >
        <ul className="flex flex-col gap-24">
          {estimate.tiers.map((tier) => (
            <li key={tier.id}>
              <Tier tier={tier} estimate={estimate} />
            </li>
          ))}
        </ul>
        {estimate.inOtherCurrencies > 0 && (
          <p className="text-muted">
            {estimate.inOtherCurrencies === 1 ? 'One tier is' : `${estimate.inOtherCurrencies} tiers are`} in another
            currency, and not compared.
          </p>
        )}
      </Section>
    </>
  )
}

const Used = ({ estimate: { use } }: { estimate: Estimate }) => (
  <Section
    id="used"
    title="What you used"
    intro="Calendar months, UTC, from your receipts. What you were refused was not used, and is not in it."
  >
    <div className="max-w-prose">
      <Table
        caption="What you used, by month"
        size="console"
        rows={use.months.map((month, place) => ({ month, place }))}
        rowKey={({ month }) => month}
        columns={[
          {
            key: 'month',
            label: 'Month',
            cell: ({ month }) => `${monthName(month)}${use.isUnfinished ? ', so far' : ''}`,
          },
          ...use.metrics.map(({ metric, displayName, unit, isGauge, byMonth }) => ({
            key: metric,
            label: isGauge ? `${displayName}, at most` : displayName,
            isFigure: true,
            cell: ({ place }: { place: number }) => `${(byMonth[place] ?? 0).toLocaleString('en')} ${unit}`,
          })),
        ]}
      />
    </div>
  </Section>
)

function Tier({ tier, estimate }: { readonly tier: EstimatedTier; readonly estimate: Estimate }) {
  const locale = useLocale()
  const { currency, use } = estimate
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency }, locale)
  const lines = arithmeticOf(tier, { currency, months: use.months.length, locale })
  return (
    <section aria-labelledby={`tier-${tier.id}`} className="flex max-w-prose flex-col gap-8">
      <h3 id={`tier-${tier.id}`} className="flex flex-wrap items-center gap-8 font-medium">
        {tier.name}
        {tier.isTheirs && (
          <Badge tone="info" icon={CircleCheck}>
            Yours
          </Badge>
        )}
        {tier.gaps.length > 0 && (
          <Badge tone="warning" icon={CircleAlert}>
            Not enough
          </Badge>
        )}
      </h3>
      {tier.gaps.map((gap) => (
        <p key={gap.metric} className="text-muted">
          {gapWords(gap)}
        </p>
      ))}
      <Receipt
        title={monthsCount(use)}
        lines={lines.map(({ label, detail, amountMinor, sumMinor }) => ({
          label,
          detail,
          amount: money(amountMinor),
          balance: money(sumMinor),
        }))}
        total={{
          label: tier.gaps.length > 0 ? 'In all, without what it lacks' : 'In all',
          amount: money(tier.totalMinor),
        }}
      />
    </section>
  )
}

const monthsCount = ({ months, isUnfinished }: Estimate['use']): string => {
  const [first, last] = [monthName(months[0] ?? ''), monthName(months.at(-1) ?? '')]
  if (isUnfinished) return `${first}, so far`
  return first === last ? first : `${first} to ${last}`
}
