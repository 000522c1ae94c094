import { webContext } from '../../context.ts'
import { useLocale } from '../../locale.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { KeyFigures } from '../../ui/key-figures.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import type { Route } from './+types/for-publishers.ts'

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context }: Route.LoaderArgs) {
  const { services, site, viewer } = context.get(webContext)
  return {
    ...(await services.site.publishing()),
    siteName: site.name,
    supportEmail: site.supportEmail,
    isSignedIn: viewer !== undefined,
  }
}

type Data = Route.ComponentProps['loaderData']

/** What a publisher gets here, in steps that exist and numbers that are counted. */
export default function ForPublishers({ loaderData }: Route.ComponentProps) {
  const { siteName, isSignedIn } = loaderData
  return (
    <>
      <PageMeta
        title="For publishers"
        description={`List an AI agent on ${siteName}: sign-in, exact limits, payments and the shop around them.`}
        canonicalPath="/for-publishers"
      />
      <div className="wrap-page flex flex-col gap-64 pt-48">
        <div className="flex flex-col items-start gap-24">
          <h1 className="display max-w-lede text-48">You build the agent. The rest is here.</h1>
          <p className="max-w-lede text-18 text-muted">
            People sign in to your agent with the account they have. Your limits really stop, what lifts them is sold
            where they stop, and every unit that was used is a line somebody can read.
          </p>
          <div className="flex flex-wrap gap-12">
            {isSignedIn ? (
              <ButtonLink href="/account/organizations/new">Create an organization</ButtonLink>
            ) : (
              <ButtonLink href="/sign-up?returnTo=/account/organizations/new">Create an account</ButtonLink>
            )}
            <ButtonLink kind="secondary" href="/api/docs">
              Read the API
            </ButtonLink>
          </div>
        </div>
        <Numbers {...loaderData} />
        <Gets {...loaderData} />
        <Steps {...loaderData} />
      </div>
    </>
  )
}

function Numbers({ listed, unclaimed, noticeDays }: Data) {
  const locale = useLocale()
  const write = (count: number): string => count.toLocaleString(locale)
  return (
    <section aria-label="This marketplace in numbers" className="flex flex-col gap-12">
      <KeyFigures
        figures={[
          { label: 'listed here now', value: write(listed), unit: listed === 1 ? 'agent' : 'agents' },
          { label: 'of them unclaimed, from public facts', value: write(unclaimed) },
          { label: 'notice before a price changes for a subscriber', value: write(noticeDays), unit: 'days' },
        ]}
      />
      <p className="text-14 text-muted">
        Counted in the catalogue as this page was made; the notice is what the software keeps to.
      </p>
    </section>
  )
}

const payWords = {
  sandbox: 'Payments are played here for now: you can try it all, and no money moves.',
  test: 'Payments run in Stripe’s test mode here for now: no money moves.',
  live: 'People pay the operator by Stripe, and the operator pays you.',
} as const

const Gets = ({ payments }: Data) => (
  <section aria-labelledby="gets" className="flex flex-col gap-24">
    <h2 id="gets" className="display text-28">
      What you get
    </h2>
    <div className="grid gap-32 sm:grid-cols-2 lg:grid-cols-4 lg:gap-24">
      {[
        {
          title: 'Sign-in',
          text: 'An OpenID Connect provider. First-time visitors see what you ask for and why, in your own words.',
        },
        {
          title: 'Limits that stop',
          text: 'One call decides and records. An answer of yes is committed before you get it, and counted once, however often you ask.',
        },
        {
          title: 'Payment',
          text: `Tiers, trials and add-ons, and a link that lifts a limit where it was met. ${payWords[payments]}`,
        },
        {
          title: 'A page people can trust',
          text: 'Reviews only by people who signed in on two days. You can answer them, and nobody’s publisher can remove them.',
        },
      ].map(({ title, text }) => (
        <div key={title} className="flex flex-col gap-8 border-t border-ink pt-16">
          <h3 className="font-medium">{title}</h3>
          <p className="text-muted">{text}</p>
        </div>
      ))}
    </div>
  </section>
)

const Steps = ({ supportEmail, unclaimed }: Data) => (
  <section aria-labelledby="steps" className="grid gap-24 lg:grid-cols-3">
    <h2 id="steps" className="display text-28">
      How it goes
    </h2>
    <ol className="numbered-steps lg:col-span-2">
      <li>
        <h3 className="font-medium">An account and an organization</h3>
        <p className="text-muted">
          Agents belong to organizations. <TextLink href="/sign-up">Create an account</TextLink>, confirm its address,
          then <TextLink href="/account/organizations/new">create the organization</TextLink> and invite whom you work
          with.
        </p>
      </li>
      <li>
        <h3 className="font-medium">Your agent’s entry</h3>
        <p className="text-muted">
          {unclaimed > 0 && (
            <>
              Is it <TextLink href="/agents">in the directory</TextLink> already? Its page says how to claim it.{' '}
            </>
          )}
          A new one is listed by the operator
          {supportEmail === undefined ? (
            ' of this marketplace.'
          ) : (
            <>
              : write to <TextLink href={`mailto:${supportEmail}`}>{supportEmail}</TextLink>.
            </>
          )}
        </p>
      </li>
      <li>
        <h3 className="font-medium">What you count and what it costs</h3>
        <p className="text-muted">
          Metrics, tiers with a limit for each, trials and add-ons, by the{' '}
          <TextLink href="/api/docs">HTTP API</TextLink>. A published tier never changes under its subscribers, but for
          a limit that rises.
        </p>
      </li>
      <li>
        <h3 className="font-medium">Three calls in your backend</h3>
        <pre className="code-sample">
          <code>{sample}</code>
        </pre>
        <p className="text-muted">
          From @rialto/sdk, on Node 20.5 or newer. In another language it is the same few calls over HTTP.
        </p>
      </li>
      <li>
        <h3 className="font-medium">What you earn</h3>
        <p className="text-muted">
          Each sale, refund and payout is a line of your organization’s earnings, to read and to export. The operator
          agrees their share with you; a sale keeps the share it was made with.
        </p>
      </li>
    </ol>
  </section>
)

const sample = `const auth = rialto.auth({ redirectUri })         // sign in
const { userId } = await auth.finish(query, flow)

const answer = await rialto.consume({ userId, metric: 'messages', key })
if (!answer.allowed) return answer.purchaseUrl    // what lifts it`
