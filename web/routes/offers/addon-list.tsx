import type { OwnOffer } from '#src/features/billing/index.ts'
import { useLocale } from '../../locale.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { formatMoney } from '../../ui/money.ts'

interface AddonListProps {
  readonly addons: readonly OwnOffer[]
  /** Where one is confirmed. */
  readonly hrefOf: (addon: OwnOffer) => string
  readonly isOnCard?: boolean
}

/** "€4.00 once", "€4.00 per month" */
export const addonPrice = ({ price, interval }: Pick<OwnOffer, 'price' | 'interval'>, locale: string): string =>
  `${formatMoney(price, locale)} ${interval === null ? 'once' : `per ${interval}`}`

/** "100 more texts, until the present period ends" */
export const addonWords = ({ amount, unit, scope }: Pick<OwnOffer, 'amount' | 'unit' | 'scope'>): string =>
  `${amount.toLocaleString('en')} more ${unit}, ${scope === 'one_cycle' ? 'in the present period' : 'in every period'}`

/** Add-ons as rows of a ledger, each with the way to its confirmation. */
export function AddonList({ addons, hrefOf, isOnCard = false }: AddonListProps) {
  const locale = useLocale()
  return (
    <ul className={isOnCard ? 'ledger-list ledger-on-card' : 'ledger-list'}>
      {addons.map((addon) => (
        <li key={addon.id} className="flex flex-wrap items-center justify-between gap-x-24 gap-y-12">
          <div className="flex min-w-0 flex-col gap-4">
            <div className="flex flex-wrap items-center gap-x-12 gap-y-4">
              <h2 className="text-18 font-medium">{addon.name}</h2>
              <span className="figures text-14 text-muted">{addonPrice(addon, locale)}</span>
            </div>
            <p className="text-14">{addonWords(addon)}</p>
          </div>
          <ButtonLink kind="secondary" href={hrefOf(addon)} aria-label={`Buy ${addon.name}`}>
            Buy
          </ButtonLink>
        </li>
      ))}
    </ul>
  )
}
