import { useSiteName } from '../../site-name.ts'

const sentences = (siteName: string) => [
  {
    who: 'For buyers',
    what: 'Every entry says what an agent does, how it runs and under which licence, with the source and the date of each fact.',
  },
  {
    who: 'For publishers',
    what: `${siteName} signs people in, says what they may use, counts it exactly, bills it, and keeps the shop around it.`,
  },
  {
    who: 'For both',
    what: 'What you read on these pages, a program can read over the API, in the same words and the same order.',
  },
]

/** What the place is for, in three sentences. */
export const Purpose = () => {
  const siteName = useSiteName()
  return (
    <section aria-labelledby="purpose" className="flex flex-col gap-24">
      <h2 id="purpose" className="display text-28">
        A bridge and a market
      </h2>
      <div className="grid gap-32 md:grid-cols-3 md:gap-24">
        {sentences(siteName).map(({ who, what }) => (
          <div key={who} className="flex flex-col gap-8 border-t border-ink pt-16">
            <h3 className="font-medium">{who}</h3>
            <p className="text-muted">{what}</p>
          </div>
        ))}
      </div>
    </section>
  )
}
