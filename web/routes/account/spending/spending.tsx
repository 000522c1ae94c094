import { data, redirect } from 'react-router'
import type { CapStanding } from '#src/features/spending/index.ts'
import { webContext } from '../../../context.ts'
import { useLocale } from '../../../locale.ts'
import type { FieldError } from '../../../ui/field.tsx'
import { KeyFigures } from '../../../ui/key-figures.tsx'
import { formatMoney } from '../../../ui/money.ts'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { AgentCaps } from './agent-caps.tsx'
import { CapForm } from './cap-form.tsx'
import { MonthSlip } from './month-slip.tsx'
import { monthName } from './month-words.ts'
import type { Route } from './+types/spending.ts'

export const headers = accountHeaders

const notices = {
  set: { title: 'Your cap holds from now on', text: 'Nothing can be bought that would bring a month past it.' },
  removed: { title: 'The cap is gone', text: 'What you buy is limited by nothing but your card.' },
}

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const agentSlug = searchParams.get('agent') ?? undefined
  const spending = await services.spending.read({ userId: viewer.id, agentSlug })
  const chosen = agentSlug === undefined ? spending.all : spending.agents.find(({ agent }) => agent?.slug === agentSlug)
  if (chosen === undefined) throw data(null, { status: 404 })
  return { spending, chosen, notice: noticeOf(notices, searchParams) }
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { spending } = args.context.get(webContext).services
  const form = await args.request.formData()
  const which = { userId: viewer.id, agentSlug: searchParams.get('agent') ?? undefined }
  const isRemoval = textOf(form, 'intent') === 'remove'
  const typed = textOf(form, 'amount')
  const outcome = isRemoval
    ? await spending.removeCap(which)
    : await spending.setCap({ ...which, amount: typed, currency: textOf(form, 'currency') })
  switch (outcome.kind) {
    case 'done': {
      const back = new URLSearchParams({ ...(which.agentSlug !== undefined && { agent: which.agentSlug }) })
      back.set('notice', isRemoval ? 'removed' : 'set')
      throw redirect(`/account/spending?${back.toString()}`, 303)
    }
    case 'unknown':
      throw data(null, { status: 404 })
    case 'too_low':
      return data({ typed, amount: { message: outcome.detail } }, { status: 409 })
    case 'invalid':
      return data(
        { typed, amount: { message: 'That is no amount.', remedy: 'Write a number such as 25 or 25.00.' } },
        { status: 400 },
      )
  }
}

/** The most that somebody lets themself be charged in a month, and what this month is made of. */
export default function SpendingPage({ loaderData, actionData }: Route.ComponentProps) {
  const { spending, chosen, notice } = loaderData
  const errors: { readonly amount?: FieldError } = actionData === undefined ? {} : { amount: actionData.amount }
  const { agent } = chosen
  return (
    <AccountPage
      title={agent === null ? 'Spending cap' : `Spending cap for ${agent.name}`}
      current="/account/spending"
      notice={notice}
      hasErrors={actionData !== undefined}
    >
      <ErrorSummary errors={errors} />
      <Figures standing={chosen} />
      <Section
        id="cap"
        title={capTitle(chosen)}
        intro="For each calendar month (UTC). What would bring this month or a later one past it can’t be bought, by nobody and nothing. Only you change it, here."
      >
        <FormColumn>
          <CapForm
            standing={chosen}
            currencies={spending.currencies}
            typed={actionData?.typed}
            error={actionData?.amount}
          />
        </FormColumn>
      </Section>
      <Section
        id="month"
        title={`${monthName(spending.month)}, line by line`}
        intro="A charge counts in the month of its invoice. What is given back of it frees that month."
      >
        <MonthSlip spending={spending} standing={chosen} />
      </Section>
      {agent === null ? (
        <Section
          id="agents"
          title="For single agents"
          intro="A cap at one agent holds beside the one over all, and goes on if you end that subscription and begin anew."
        >
          <AgentCaps standings={spending.agents} />
        </Section>
      ) : (
        <p>
          <TextLink href="/account/spending">All your spending</TextLink>
        </p>
      )}
    </AccountPage>
  )
}

const capTitle = ({ agent, capMinor }: CapStanding): string =>
  `${capMinor === null ? 'Set' : 'Change'} the cap${agent === null ? ' over all you pay for' : ` at ${agent.name}`}`

function Figures({ standing }: { standing: CapStanding }) {
  const locale = useLocale()
  const { capMinor, spentMinor, reservedMinor, dueMinor, roomMinor, currency } = standing
  const money = (amountMinor: number): string => formatMoney({ amountMinor, currency }, locale)
  return (
    <KeyFigures
      figures={[
        { label: 'Spent this month', value: money(spentMinor) },
        { label: 'Held for open purchases', value: money(reservedMinor) },
        { label: 'Still renews this month', value: money(dueMinor) },
        {
          label: capMinor === null ? 'Room left: there is no cap' : `Room left of ${money(capMinor)}`,
          value: roomMinor === null ? '–' : money(roomMinor),
        },
      ]}
    />
  )
}
