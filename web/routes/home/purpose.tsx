const sentences = [
  {
    who: 'For buyers',
    what: 'Every entry says what an agent does, how it runs and under which licence, with the source and the date of each fact.',
  },
  {
    who: 'For publishers',
    what: 'Rialto is one self-hosted server for sign-in, entitlement, exact metering and the shop around them.',
  },
  {
    who: 'For both',
    what: 'What you read on these pages, a program can read over the API, in the same words and the same order.',
  },
] as const

/** What the place is for, in three sentences. */
export const Purpose = () => (
  <section aria-labelledby="purpose" className="flex flex-col gap-24">
    <h2 id="purpose" className="display text-28">
      A bridge and a market
    </h2>
    <div className="grid gap-32 md:grid-cols-3 md:gap-24">
      {sentences.map(({ who, what }) => (
        <div key={who} className="flex flex-col gap-8 border-t border-ink pt-16">
          <h3 className="font-medium">{who}</h3>
          <p className="text-muted">{what}</p>
        </div>
      ))}
    </div>
  </section>
)
