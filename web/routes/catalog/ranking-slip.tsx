import type { RankingReason } from '#src/features/catalog/index.ts'
import { formatDay } from '../../ui/time.tsx'

type Place = RankingReason['words'][number]['places'][number]

const placeNames: Readonly<Record<Place, string>> = {
  name: 'name',
  'tagline-or-tags': 'tagline, publisher or tags',
  capabilities: 'capabilities',
  description: 'description',
}

/** A score as a slip: what was found, what it is multiplied by, and what it comes to. */
export function RankingSlip({ why, locale }: { why: RankingReason; locale: string }) {
  const { textRank, namesakeFactor, reviews, installs, updated, score } = why
  const figure = (number: number): string => number.toLocaleString(locale, threeDigits)
  const times = (factor: number): string => `× ${figure(factor)}`
  return (
    <dl className="slip">
      <Line label={<Words why={why} />} figure={figure(textRank)} />
      {namesakeFactor > 1 && <Line label="Exactly this name" figure={times(namesakeFactor)} />}
      <Line label={ratingText(reviews, locale)} figure={times(reviews.factor)} />
      <Line label={installsText(installs.count, locale)} figure={times(installs.factor)} />
      <Line label={`Last changed ${formatDay(updated.at)}`} figure={times(updated.factor)} />
      <Line label="Score" figure={figure(score)} isTotal />
    </dl>
  )
}

function Line({ label, figure, isTotal = false }: { label: React.ReactNode; figure: string; isTotal?: boolean }) {
  return (
    <div className={isTotal ? 'slip-total' : undefined}>
      <dt>{label}</dt>
      <dd className="figures">{figure}</dd>
    </div>
  )
}

/** "research in name and description" for each word that was looked for. */
function Words({ why: { words } }: { why: RankingReason }) {
  const found = words.filter(({ places }) => places.length > 0)
  if (found.length === 0) return 'Found by its name'
  return found.map(({ word, places }, index) => (
    <span key={word}>
      {index > 0 && '; '}“{word}” in {list.format(places.map((place) => placeNames[place]))}
    </span>
  ))
}

const threeDigits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 } as const

// Made once: making one costs a hundred times what using it does.
const list = new Intl.ListFormat('en', { type: 'conjunction' })

function ratingText({ count, ratingSum }: RankingReason['reviews'], locale: string): string {
  if (count === 0) return 'No reviews yet'
  const mean = (ratingSum / count).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return `${mean} of 5 from ${count.toLocaleString(locale)} ${count === 1 ? 'review' : 'reviews'}`
}

function installsText(count: number, locale: string): string {
  if (count === 0) return 'Not installed by anybody yet'
  return `Installed by ${count.toLocaleString(locale)} ${count === 1 ? 'person' : 'people'}`
}
