import type { ReactNode } from 'react'
import type { Tour } from '#src/features/tour/index.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { InlineCode } from '../../ui/inline-code.tsx'
import { ContinueAs } from './continue-as.tsx'
import {
  AddonFact,
  FavouriteFact,
  LaunchFact,
  MonthFact,
  restartIsEqual,
  RestartFact,
  SameRequestFact,
  SignInFact,
  StopFact,
  TrialFact,
} from './facts.tsx'
import type { Step } from './step-list.tsx'

/** Whom the page is looked at by. */
export type LooksAs = 'buyer' | 'operator' | 'somebody' | 'nobody'

/** What is wrong is written as the tour goes: the search has to forgive it. */
const misspelt = 'readabilty'

/** The steps of the tour, each with what the database says of it and how it is done. */
export function stepsOf({ tour, looksAs }: { readonly tour: Tour; readonly looksAs: LooksAs }): Step[] {
  const { agent, buyer, facts, ledger, pid } = tour
  const { signIn, favourite, trial, launch, stop, addon, sameRequest, restart, month } = facts
  // The form of the newest line; its tab may be closed.
  const form = `${agent.origin}/?proverbs=${ledger?.lines[0]?.request ?? ''}`
  /** Only the buyer can do it, and it happens in another tab, so that this one stays to look at. */
  const asBuyer = (way: ReactNode): ReactNode => (looksAs === 'buyer' ? way : <ContinueAs part="buyer" to="tour" />)
  return [
    {
      key: 'buyer',
      title: 'Continue as the demo buyer',
      fact: signIn && <SignInFact at={signIn.at} name={buyer.name} />,
      how: (
        <>
          <p>One press signs you in as {buyer.name}. It works from this machine only, and only in the demo.</p>
          <ContinueAs part="buyer" to="tour" />
        </>
      ),
    },
    {
      key: 'find',
      title: `Find “${misspelt}”, and keep what you find`,
      fact: favourite && <FavouriteFact at={favourite.at} />,
      how: (
        <>
          <p>Search with the slip in it, open what comes first, and press the heart on its page.</p>
          {asBuyer(<Search />)}
        </>
      ),
    },
    {
      key: 'trial',
      title: 'Start its trial',
      fact: trial && <TrialFact trial={trial} />,
      how: (
        <>
          <p>
            On the page of {agent.name}: the first charge and its date stand there before you press. Any test card that
            the payment page offers will do; no money moves.
          </p>
          {asBuyer(<Away href={`/agents/${agent.slug}#pricing`}>The tiers of {agent.name}</Away>)}
        </>
      ),
    },
    {
      key: 'launch',
      title: 'Launch it',
      fact: launch && <LaunchFact launch={launch} />,
      how: (
        <>
          <p>
            {agent.name} is a program of its own on another port. It learns who you are from Rialto, and nothing that
            you don’t allow.
          </p>
          {asBuyer(<Away href={`/agents/${agent.slug}/launch`}>Launch {agent.name}</Away>)}
        </>
      ),
    },
    {
      key: 'stop',
      title: 'Use it until it stops',
      fact: stop && <StopFact stop={stop} />,
      how: (
        <>
          <p>
            <InlineCode text="Press `Read it` on a page of proverbs: each is a text of its own, and there are more of them than your tier includes. Watch the ledger here meanwhile." />
          </p>
          {asBuyer(<Away href={`${agent.origin}/?proverbs`}>Open {agent.name} with proverbs</Away>)}
        </>
      ),
    },
    {
      key: 'more',
      title: 'Buy more, right where it stopped',
      fact: addon && <AddonFact addon={addon} />,
      how: (
        <>
          <p>
            <InlineCode
              text={`${agent.name} now says why it stopped. \`See what lifts it\` leads to the add-on, paid with the card you used before, and back.`}
            />
          </p>
          {asBuyer(stop !== undefined && <Away href={form}>Open the form that was stopped</Away>)}
        </>
      ),
    },
    {
      key: 'again',
      title: 'Send the same request again: it succeeds once',
      fact: sameRequest && <SameRequestFact same={sameRequest} />,
      how: (
        <>
          <p>
            <InlineCode text="You are back at the same form. `Read it` sends all of it once more: what was counted is not counted again, and what was refused now is." />
          </p>
          {asBuyer(addon !== undefined && <Away href={form}>Open the same form again</Away>)}
        </>
      ),
    },
    {
      key: 'kill',
      title: 'Kill the server, and start it again: the counter is equal',
      fact: restart && restartIsEqual(restart) ? <RestartFact restart={restart} /> : undefined,
      how: (
        <>
          <p>No warning, no clean-up. In a second terminal the first line, in the first one the second:</p>
          <p>
            <code className="exact-text">kill -9 {pid}</code>
          </p>
          <p>
            <code className="exact-text">npx --yes pnpm@12.21.0 start</code>
          </p>
          {restart && !restartIsEqual(restart) && <RestartFact restart={restart} />}
        </>
      ),
    },
    ...(month === undefined
      ? []
      : [
          {
            key: 'month',
            title: 'As the operator, let a month pass',
            fact: month.charge && <MonthFact charge={month.charge} daysAhead={month.daysAhead} />,
            how: (
              <>
                <p>
                  <InlineCode text="`+1 month` on the sandbox’s clock ends the trial: the card is charged, and the webhooks of it are delivered." />
                </p>
                {looksAs === 'operator' ? (
                  <ButtonLink href="/sandbox/clock">To the clock</ButtonLink>
                ) : (
                  <ContinueAs part="operator" to="clock" />
                )}
              </>
            ),
          },
        ]),
  ]
}

const Away = ({ href, children }: { href: string; children: ReactNode }) => (
  <p>
    <ButtonLink href={href} target="_blank" rel="noopener" className="tour-press">
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
    </ButtonLink>
  </p>
)

const Search = () => (
  <form action="/agents" target="_blank" rel="noopener" className="flex flex-wrap gap-12">
    <input
      type="search"
      name="q"
      aria-label="Search agents"
      defaultValue={misspelt}
      maxLength={200}
      className="tour-search"
    />
    <Button>
      Search<span className="sr-only"> (opens in a new tab)</span>
    </Button>
  </form>
)
