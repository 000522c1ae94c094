import type { BoughtAddon, Launch, Month, Restart, SameRequest, Stop, Trial } from '#src/features/tour/index.ts'
import { useLocale } from '../../locale.ts'
import { formatMoney } from '../../ui/money.ts'
import { exact, formatDay } from '../../ui/time.tsx'

// What the database says of a step, in words: which row it is, and since when.

const at = (moment: Date): string => exact(moment.toISOString())
const units = (count: number): string => count.toLocaleString('en')

export const SignInFact = ({ at: since, name }: { at: Date; name: string }) => `Session of ${name} since ${at(since)}`

export const FavouriteFact = ({ at: since }: { at: Date }) => `Favourite since ${at(since)}`

export const TrialFact = ({ trial: { subscriptionId, tierName, startedAt, endsAt } }: { trial: Trial }) =>
  `Subscription ${subscriptionId.slice(0, 8)}… to ${tierName} since ${at(startedAt)}, on trial until ${formatDay(endsAt.toISOString())}`

export const LaunchFact = ({ launch: { day, allowedAt } }: { launch: Launch }) =>
  `Signed in there on ${formatDay(day)}; consent since ${at(allowedAt)}`

export function StopFact({ stop: { at: since, limit, denials, deniedIn } }: { stop: Stop }) {
  const refused =
    deniedIn === undefined
      ? 'refusals are written down some seconds after'
      : `${units(denials)} ${denials === 1 ? 'refusal' : 'refusals'} counted in the hour from ${at(deniedIn)}`
  return `Line ${units(limit)} of ${units(limit)} committed ${at(since)}; ${refused}`
}

export function AddonFact({ addon: { at: since, amount, paid } }: { addon: BoughtAddon }) {
  const locale = useLocale()
  const price = paid === undefined ? '' : ` for ${formatMoney(paid, locale)}`
  return `Add-on of ${units(amount)} more${price} since ${at(since)}`
}

export const SameRequestFact = ({ same: { request, at: since, before, after } }: { same: SameRequest }) =>
  `Request ${request.slice(0, 8)}…: ${units(before)} lines before the add-on, ${units(after)} after it, none of them twice; the last one ${at(since)}`

export const restartIsEqual = ({ lastUsed, usedSince, counter }: Restart): boolean => lastUsed + usedSince === counter

export function RestartFact({ restart }: { restart: Restart }) {
  const { pid, startedAt, foundAt, lastUsed, usedSince, counter } = restart
  const since = usedSince === 0 ? '' : `, ${units(usedSince)} were used since`
  return `Process ${pid}, started ${at(startedAt)}, ended without a word; the next start saw that ${at(foundAt)}. Its last committed line said ${units(lastUsed)}${since}, and the counter says ${units(counter)}`
}

export function MonthFact({ charge, daysAhead }: { charge: NonNullable<Month['charge']>; daysAhead: number }) {
  const locale = useLocale()
  return `${formatMoney(charge.paid, locale)} charged on ${formatDay(charge.at.toISOString())}, invoice ${charge.invoice}; the clock is ${units(daysAhead)} days ahead`
}
