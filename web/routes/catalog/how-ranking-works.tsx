import { href } from 'react-router'
import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import type { Route } from './+types/how-ranking-works.ts'
import { agentsHref } from './agents-query.ts'
import { RankingExample } from './ranking-example.tsx'

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context }: Route.LoaderArgs) {
  const { services, site } = context.get(webContext)
  return { siteName: site.name, ...(await services.catalog.explainRanking()) }
}

interface Fact {
  readonly what: string
  readonly figure: string
}

const Facts = ({ facts }: { facts: readonly Fact[] }) => (
  <div className="slip-card max-w-form">
    <dl className="slip">
      {facts.map(({ what, figure }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd className="figures">{figure}</dd>
        </div>
      ))}
    </dl>
  </div>
)

/** The formula that orders a search, in words and numbers: both come from the code that does it. */
export default function HowRankingWorks({ loaderData: { siteName, formula, example } }: Route.ComponentProps) {
  const locale = useLocale()
  const number = (value: number): string => value.toLocaleString(locale)
  const weight = (value: number): string => value.toLocaleString(locale, { minimumFractionDigits: 2 })
  const about = (value: number): string => value.toLocaleString(locale, { maximumSignificantDigits: 2 })
  const factor = (value: number): string =>
    value.toLocaleString(locale, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 })
  const { textWeights, assumedReviews, assumedStars, starsMax, installsWeight, updatedWeight, updatedYears } = formula
  const rating = (count: number, stars: number): number =>
    (assumedReviews * assumedStars + count * stars) / (assumedReviews + count) / starsMax
  const installs = (count: number): number => Math.exp(installsWeight * Math.log10(1 + count))
  const updated = (years: number): number => Math.exp((updatedWeight * years) / updatedYears)
  const since = new Date(formula.updatedSince).getUTCFullYear()
  return (
    <article className="wrap-page flex flex-col gap-48 pt-32">
      <PageMeta
        title="How ranking works"
        description={`The formula that orders search results on ${siteName}, in plain words, with its numbers and an example.`}
        canonicalPath={href('/how-ranking-works')}
      />
      <header className="flex flex-col gap-16">
        <h1 className="display text-48">How ranking works</h1>
        <p className="max-w-lede text-18">
          A search puts agents in order by one score. This page is the whole formula. No place is sold: nobody can pay
          to stand higher, and {siteName} earns nothing by what stands first.
        </p>
      </header>

      <section aria-labelledby="score" className="flex flex-col gap-16">
        <h2 id="score" className="display text-28">
          The score
        </h2>
        <p className="formula max-w-lede">words × reviews × installs × last change</p>
        <p className="max-w-prose">
          Four numbers, multiplied. Each result of a search says under “Why here” what its own four are. Without words
          there is nothing to compare with, so the list is ordered by the other three.
        </p>
      </section>

      <section aria-labelledby="words" className="flex flex-col gap-16">
        <h2 id="words" className="display text-28">
          Words
        </h2>
        <p className="max-w-prose">
          How well the words fit, by where they stand. A word that stands several times counts a little more each time,
          and of several words an agent must have every one. Forms of a word are the same word, and a word that no agent
          has is corrected first; the list says so when it was.
        </p>
        <Facts
          facts={[
            { what: 'Name', figure: weight(textWeights.name) },
            { what: 'Tagline, publisher or tags', figure: weight(textWeights.taglineOrTags) },
            { what: 'Capabilities', figure: weight(textWeights.capabilities) },
            { what: 'Description', figure: weight(textWeights.description) },
          ]}
        />
        <p className="max-w-prose">
          An agent of exactly the name that was typed counts {number(formula.namesakeFactor)} times as much: who types a
          name wants that one.
        </p>
      </section>

      <section aria-labelledby="reviews" className="flex flex-col gap-16">
        <h2 id="reviews" className="display text-28">
          Reviews
        </h2>
        <p className="max-w-prose">
          The mean of its stars, divided by {starsMax}. Every agent is taken to have {assumedReviews} more reviews of{' '}
          {number(assumedStars)} stars, so that one enthusiast proves nothing and one unkind word doesn’t ruin anybody.
          Only people who really used an agent can review it, and reviews that an operator hid don’t count.
        </p>
        <Facts
          facts={[
            { what: 'None yet', figure: factor(rating(0, 0)) },
            { what: 'One of 5 stars', figure: factor(rating(1, 5)) },
            { what: '100 of 4.5 stars on average', figure: factor(rating(100, 4.5)) },
            { what: '100 of 2 stars on average', figure: factor(rating(100, 2)) },
          ]}
        />
      </section>

      <section aria-labelledby="installs" className="flex flex-col gap-16">
        <h2 id="installs" className="display text-28">
          Installs
        </h2>
        <p className="max-w-prose">
          People who have it installed, each once, whatever they do with it. Ten times as many people make the score{' '}
          {about(Math.exp(installsWeight))} times as high: what many use tends to be good, but what few have found yet
          must not drown. The publisher’s own people, test people and suspended accounts are left out.
        </p>
        <Facts
          facts={[0, 10, 100, 1_000, 10_000].map((count) => ({
            what: count === 0 ? 'Nobody yet' : count.toLocaleString(locale),
            figure: factor(installs(count)),
          }))}
        />
      </section>

      <section aria-labelledby="updated" className="flex flex-col gap-16">
        <h2 id="updated" className="display text-28">
          Last change
        </h2>
        <p className="max-w-prose">
          When the entry was last changed. Of two agents alike, the one changed {updatedYears} years later scores{' '}
          {about(updated(updatedYears))} times as high; half a year makes {about(updated(0.5))}. The figure counts from
          the start of {since} and not from today, so it is the same for everybody and only moves when the agent does.
        </p>
      </section>

      {example !== undefined && (
        <section aria-labelledby="example" className="flex flex-col gap-16">
          <h2 id="example" className="display text-28">
            Worked out
          </h2>
          <p className="max-w-prose">
            Searching now for{' '}
            <a className="underline underline-offset-link" href={agentsHref({ q: example.q, exact: true })}>
              “{example.q}”
            </a>
            , computed by the search itself when this page was asked for:
          </p>
          <RankingExample agents={example.agents} locale={locale} />
        </section>
      )}

      <section aria-labelledby="never" className="flex flex-col gap-16">
        <h2 id="never" className="display text-28">
          What never counts
        </h2>
        <ul className="prose list-disc ps-24">
          <li>Money: what an agent costs, what it earns, or who pays {siteName} for anything.</li>
          <li>
            Who the publisher is, and whether an entry has been claimed or verified. Those are filters, for you to use.
          </li>
          <li>Who you are: signed in or not, everybody gets the same order.</li>
          <li>How often a page is looked at or clicked, since that only makes the first ones more first.</li>
        </ul>
      </section>

      <section aria-labelledby="small" className="flex flex-col gap-16">
        <h2 id="small" className="display text-28">
          The small print
        </h2>
        <p className="max-w-prose">
          Where very many agents match, the {number(formula.candidatesMax)} best by the last three numbers that have the
          words in their name, tagline or tags, and as many that have them anywhere, are scored with their words; all
          others follow by those three numbers. Other orders of the list, such as newest or most installed, go by that
          one thing alone.
        </p>
      </section>
    </article>
  )
}
