import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import tourUrl from '../../assets/tour.js?url&no-inline'
import { useNonce } from '../../nonce.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { accountHeaders, accountRequest, cookieHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { ContinueAs } from './continue-as.tsx'
import { destinations, isDestination } from './destinations.ts'
import { LiveLedger } from './live-ledger.tsx'
import { StepList } from './step-list.tsx'
import { stepsOf } from './steps.tsx'
import type { LooksAs } from './steps.tsx'
import type { Route } from './+types/tour.ts'

export const headers = accountHeaders

/** Throws 404 in production: there is no tour. */
function tourRequest(args: Route.LoaderArgs | Route.ActionArgs) {
  const { services } = args.context.get(webContext)
  if (services.tour === undefined) throw data(null, { status: 404 })
  return { ...accountRequest(args), service: services.tour }
}

export async function loader(args: Route.LoaderArgs) {
  const { service, viewer } = tourRequest(args)
  const tour = await service.read()
  const asOperator: LooksAs = viewer?.isOperator === true ? 'operator' : 'somebody'
  const looksAs: LooksAs = viewer === undefined ? 'nobody' : viewer.id === tour?.buyer.id ? 'buyer' : asOperator
  return { tour, looksAs, viewerName: viewer?.name }
}

export async function action(args: Route.ActionArgs) {
  const { service, caller } = tourRequest(args)
  const form = await args.request.formData()
  const part = textOf(form, 'part')
  const to = textOf(form, 'to')
  if ((part !== 'buyer' && part !== 'operator') || !isDestination(to)) throw data(null, { status: 400 })
  const result = await service.continueAs(caller, part).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'forbidden') throw data(null, { status: 403 })
    throw error
  })
  if (result.kind !== 'signed_in') return data({ part }, { status: 409 })
  return redirect(destinations[to], { status: 303, headers: cookieHeaders(result.cookies) })
}

export default function TourPage({ loaderData: { tour, looksAs, viewerName }, actionData }: Route.ComponentProps) {
  const nonce = useNonce()
  if (tour === undefined) return <NoTour />
  const steps = stepsOf({ tour, looksAs })
  const done = steps.filter(({ fact }) => fact !== undefined).length
  return (
    <div className="wrap-page flex flex-col gap-32 py-32">
      <PageMeta title="Tour" />
      <div className="flex max-w-prose flex-col gap-12">
        <h1 className="display text-36">Ten minutes with {tour.buyer.name}</h1>
        <p className="text-muted">
          From a search with a slip in it to a month’s invoice. Nothing here remembers what you pressed: a step is done
          when the database says so, and beside it stands what it says.
        </p>
        <output data-live="progress" className="block font-medium">
          {done} of {steps.length} steps are facts
          {viewerName !== undefined && `; you are ${viewerName}`}
        </output>
        <noscript>
          <p className="text-14 text-muted">Reload to see what has been committed since.</p>
        </noscript>
      </div>
      {actionData !== undefined && <CannotContinue part={actionData.part} />}
      <div data-away hidden>
        <Notice tone="warning" title="The server does not answer">
          Start it again, and this page goes on by itself.
        </Notice>
      </div>
      <div className="tour-columns">
        <div data-live="steps">
          {done === steps.length && <Complete looksAs={looksAs} />}
          <StepList steps={steps} />
        </div>
        <section data-live="ledger" aria-label="Ledger" className="tour-ledger">
          <LiveLedger tour={tour} />
        </section>
      </div>
      <script type="module" src={tourUrl} nonce={nonce} />
    </div>
  )
}

/** Somebody changed its password, or set up a second step: the demo's own password opens it no more. */
const CannotContinue = ({ part }: { part: string }) => (
  <Notice tone="bad" role="alert" title={`The demo ${part} can’t be signed in by a press any more`}>
    Their password was changed, or a second step set up. <TextLink href="/sign-in?returnTo=/tour">Sign in</TextLink> as
    anybody does, and the tour goes on.
  </Notice>
)

const Complete = ({ looksAs }: { looksAs: LooksAs }) => (
  <div className="pb-32">
    <Notice tone="good" title="All of it is in the database">
      <div className="flex flex-col items-start gap-12 pt-4">
        <p>
          What comes next: <TextLink href="/for-publishers">list an agent of your own</TextLink>, or read{' '}
          <TextLink href="/api/docs">the API</TextLink>. To take the tour again, stop the server and remove its data
          folder.
        </p>
        {looksAs === 'buyer' ? (
          <ButtonLink kind="secondary" href={destinations.invoices}>
            The buyer’s invoices
          </ButtonLink>
        ) : (
          <ContinueAs part="buyer" to="invoices" kind="secondary" label="See the invoice as the buyer" />
        )}
      </div>
    </Notice>
  </div>
)

const NoTour = () => (
  <div className="wrap-page">
    <PageMeta title="Tour" />
    <EmptyState level="h1" title="The tour can’t begin" action={<ButtonLink href="/agents">All agents</ButtonLink>}>
      It goes through Readability, a sample agent that <code className="inline-code">pnpm start</code> runs beside the
      marketplace, as the demo buyer. One of the two isn’t there; the next start brings it, or its log says why not.
    </EmptyState>
  </div>
)
