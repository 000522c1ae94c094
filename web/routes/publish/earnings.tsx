import Download from 'lucide-react/icons/download'
import { data } from 'react-router'
import type { OwnEarnings } from '#src/features/billing/index.ts'
import { useLocale } from '../../locale.ts'
import { ConsoleLayout } from '../../shell/console-layout.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Pagination } from '../../ui/pagination.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { webContext } from '../../context.ts'
import { accountHeaders } from '../account-access/account-request.ts'
import { personRequest } from '../account/person-request.ts'
import { EarningsEntries } from './earnings-entries.tsx'
import { EarningsStatements } from './earnings-statements.tsx'
import { monthName, shareWords } from './earnings-words.ts'
import type { Route } from './+types/earnings.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const [month, cursor] = [searchParams.get('month'), searchParams.get('cursor')]
  const { earnings } = args.context.get(webContext).services
  const found = await earnings.read({ viewer, org: args.params.org, month, cursor })
  if (found === 'hidden') throw data(null, { status: 404 })
  if (found === 'forbidden') throw data(null, { status: 403 })
  return { earnings: found, isFirstPage: cursor === null }
}

export default function EarningsPage({ loaderData: { earnings, isFirstPage } }: Route.ComponentProps) {
  const { organization, organizationName, balances } = earnings
  const here = `/publish/${organization}/earnings`
  const links = [
    { label: 'Organization', href: `/account/organizations/${organization}` },
    { label: 'Earnings', href: here },
  ]
  return (
    <>
      <PageMeta title={`Earnings of ${organizationName}`} />
      <ConsoleLayout area="Publisher" links={links} currentHref={here} title="Earnings">
        <div className="flex flex-col gap-32">
          <p className="max-w-prose wrap-anywhere text-muted">
            What {organizationName} has sold. The marketplace keeps {shareWords(earnings.feeBp)} of new sales; each sale
            keeps the share it was made with.
          </p>
          {balances.length === 0 ? (
            <EmptyState title="Nothing has been sold yet">
              Sales, refunds and payouts are listed here, from the first one on.
            </EmptyState>
          ) : (
            <>
              <Balances balances={balances} />
              <Month earnings={earnings} here={here} isFirstPage={isFirstPage} />
            </>
          )}
        </div>
      </ConsoleLayout>
    </>
  )
}

function Balances({ balances }: Pick<OwnEarnings, 'balances'>) {
  const locale = useLocale()
  return (
    <KeyFigures
      figures={balances.map(({ currency, balanceMinor }) => ({
        label: `Owed to you in ${currency}, all months`,
        value: formatMoney({ amountMinor: balanceMinor, currency }, locale),
      }))}
    />
  )
}

interface MonthProps {
  readonly earnings: OwnEarnings
  readonly here: string
  readonly isFirstPage: boolean
}

function Month({ earnings, here, isFirstPage }: MonthProps) {
  const { month, months, statements, testEntries, entries, nextCursor } = earnings
  const options = [...new Set([...months, month])].map((value) => ({ value, label: monthName(value) }))
  const csv = `/api/v1/publisher/organizations/${earnings.organization}/earnings.csv?month=${month}`
  return (
    <section aria-labelledby="month-title" className="flex flex-col gap-16">
      <div className="flex flex-wrap items-end justify-between gap-16">
        <h2 id="month-title" className="text-18 font-medium">
          {monthName(month)}
        </h2>
        <form className="flex items-end gap-8">
          <SelectField label="Month (UTC)" name="month" options={options} defaultValue={month} />
          <Button kind="secondary">Show</Button>
        </form>
      </div>
      {entries.length === 0 ? (
        <p className="text-muted">Nothing came or went in this month.</p>
      ) : (
        <>
          <EarningsStatements statements={statements} />
          {testEntries > 0 && (
            <p className="text-muted">
              {testEntries === 1 ? 'One test sale' : `${testEntries} test sales`} to your own people: in none of these
              figures.
            </p>
          )}
          <div className="flex flex-wrap items-center justify-between gap-16 pt-16">
            <h3 className="text-16 font-medium">What is behind it</h3>
            <ButtonLink kind="secondary" size="console" icon={Download} href={csv} download>
              Download as CSV
            </ButtonLink>
          </div>
          <EarningsEntries entries={entries} />
          <Pagination
            previousHref={isFirstPage ? undefined : `${here}?month=${month}`}
            nextHref={nextCursor === null ? undefined : `${here}?month=${month}&cursor=${nextCursor}`}
          />
        </>
      )}
    </section>
  )
}
