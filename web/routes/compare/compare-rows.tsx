import type { ComparedAgent } from '#src/features/catalog/index.ts'
import type { ReactNode } from 'react'
import { formatPrice } from '../../ui/money.ts'
import { formatDay } from '../../ui/time.tsx'
import { VisuallyHidden } from '../../ui/visually-hidden.tsx'
import { priceWords, ratingWords, trialWords } from '../catalog/price-words.ts'

/** One fact about each agent. */
export interface CompareRow {
  readonly label: string
  /** As text, so that two agents can be found to say the same. */
  readonly text: (agent: ComparedAgent) => string
  /** How it is shown, where that is more than its text. */
  readonly show?: (agent: ComparedAgent) => ReactNode
}

/** What can be said of every agent from its listing, its tiers, its reviews and its installs; nothing else. */
export const compareRows = (locale: string): readonly CompareRow[] => [
  { label: 'Price', text: (agent) => priceWords(agent, locale) ?? notSold(agent) },
  { label: 'Trial', text: longestTrial, show: (agent) => orDash(longestTrial(agent)) },
  {
    label: 'What it includes',
    text: (agent) => agent.tiers.map((tier) => tierWords(tier, locale).join(' ')).join('; '),
    show: (agent) => (agent.tiers.length === 0 ? orDash('') : <Tiers agent={agent} locale={locale} />),
  },
  { label: 'Availability', text: availability },
  { label: 'Rating', text: (agent) => rating(agent, locale) },
  {
    label: 'Installs',
    text: ({ isUnclaimed, installs }) => (isUnclaimed ? '' : installs.toLocaleString(locale)),
    show: ({ isUnclaimed, installs }) => orDash(isUnclaimed ? '' : installs.toLocaleString(locale)),
  },
  { label: 'Publisher', text: publisher },
  { label: 'Asks people for', text: permissions, show: Permissions },
  {
    label: 'Licence',
    text: ({ license, licenseNote }) => [license ?? 'Not stated', licenseNote].filter(Boolean).join('. '),
    show: ({ license, licenseNote }) => (
      <>
        {license ?? 'Not stated'}
        {licenseNote !== null && <span className="block text-12 text-muted">{licenseNote}</span>}
      </>
    ),
  },
  { label: 'Runs as', text: ({ runsAs }) => runsAs.join(', ') || 'Not stated' },
  { label: 'Written in', text: ({ languages }) => languages.join(', ') || 'Not stated' },
  { label: 'Tags', text: ({ tags }) => tags.map(({ name }) => name).join(', ') || 'None' },
  { label: 'Entry updated', text: ({ updatedAt }) => formatDay(updatedAt) },
]

/** What does not apply is a dash, and said in words to who can't see it. */
const orDash = (text: string): ReactNode =>
  text === '' ? (
    <span className="text-muted">
      <span aria-hidden="true">–</span>
      <VisuallyHidden>Does not apply</VisuallyHidden>
    </span>
  ) : (
    text
  )

const notSold = ({ isUnclaimed, isComingSoon }: ComparedAgent): string =>
  isUnclaimed ? 'Not sold here' : isComingSoon ? 'Not yet on sale' : 'Nothing on sale'

function longestTrial(agent: ComparedAgent): string {
  const days = Math.max(0, ...agent.tiers.map((tier) => tier.trialDays))
  if (agent.tiers.length === 0) return ''
  return days === 0 ? 'None' : trialWords(days)
}

function availability({ isUnclaimed, isComingSoon, isLaunchable }: ComparedAgent): string {
  if (isUnclaimed) return 'Unclaimed: used at the project itself'
  if (isComingSoon) return 'Coming soon'
  return isLaunchable ? 'Signs you in from here' : 'Listed'
}

function rating({ rating: stars, reviewCount, isUnclaimed }: ComparedAgent, locale: string): string {
  if (isUnclaimed) return 'Can’t be rated before it is claimed'
  const count = `${reviewCount.toLocaleString(locale)} ${reviewCount === 1 ? 'review' : 'reviews'}`
  if (stars !== null) return `${ratingWords(stars, locale)} of 5, from ${count}`
  return reviewCount === 0 ? 'Not rated yet' : `New, with ${count}`
}

function publisher({ publisherName, isVerified, isUnclaimed }: ComparedAgent): string {
  if (publisherName === null) return 'Not stated'
  if (isUnclaimed) return publisherName
  return `${publisherName}, ${isVerified ? 'verified' : 'not verified'}`
}

function permissions({ permissions: asked, isLaunchable }: ComparedAgent): string {
  if (asked.length > 0) return asked.join(' ')
  return isLaunchable ? 'Said when you sign in; no reasons given here' : 'Signs nobody in from here'
}

function Permissions(agent: ComparedAgent): ReactNode {
  if (agent.permissions.length < 2) return permissions(agent)
  return (
    <ul className="compare-list">
      {agent.permissions.map((permission) => (
        <li key={permission}>{permission}</li>
      ))}
    </ul>
  )
}

type Tier = ComparedAgent['tiers'][number]

/** Name and price, then what it includes. */
function tierWords({ name, price, quotas, usageInterval, trialDays }: Tier, locale: string): [string, ...string[]] {
  const trial = trialDays > 0 ? `, ${trialWords(trialDays)}` : ''
  const included = quotas.map(({ limit, unit, kind }) => {
    if (limit === 'unlimited') return `Unlimited ${unit}`
    return `${limit.toLocaleString(locale)} ${unit}${kind === 'gauge' ? '' : ` a ${usageInterval}`}`
  })
  // A tier that is called what it costs says it once.
  const cost = price.amountMinor > 0 ? `, ${formatPrice(price, locale)}` : name === 'Free' ? '' : ', free'
  return [`${name}${cost}${trial}`, ...included]
}

const Tiers = ({ agent, locale }: { agent: ComparedAgent; locale: string }) => (
  <ul className="compare-tiers">
    {agent.tiers.map((tier) => {
      const [name, ...included] = tierWords(tier, locale)
      return (
        <li key={tier.id}>
          <span className="font-medium">{name}</span>
          {included.map((line) => (
            <span key={line} className="block text-14">
              {line}
            </span>
          ))}
        </li>
      )
    })}
  </ul>
)
