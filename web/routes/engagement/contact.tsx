import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { RadioGroup } from '../../ui/choice.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, rateLimited, textOf } from '../account-access/account-request.ts'
import { personRequest } from '../account/person-request.ts'
import { asError } from '../reviews/review-fields.tsx'
import { BackTo, ToldForm } from './told-form.tsx'
import type { Route } from './+types/contact.ts'

export const headers = accountHeaders

const pathOf = (slug: string): string => `/agents/${encodeURIComponent(slug)}/contact`

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = accountRequest(args)
  const { services } = args.context.get(webContext)
  const found = await services.reports.contact(args.params.slug)
  if (found === undefined) throw data(null, { status: 404 })
  if (found.slug !== args.params.slug) throw redirect(pathOf(found.slug), 301)
  const agent = { slug: found.slug, name: found.agentName }
  if (found.kind === 'unclaimed') return { kind: found.kind, agent, projectUrl: found.projectUrl }
  if (found.kind === 'nobody') return { kind: found.kind, agent }
  const isSent = searchParams.has('sent')
  const wantsDemo = searchParams.get('kind') === 'demo'
  if (viewer === undefined) personRequest(args)
  if (viewer?.emailVerified !== true) return { kind: 'unverified' as const, agent }
  return { kind: 'open' as const, agent, publisher: found.publisherName, email: viewer.email, isSent, wantsDemo }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const { slug } = args.params
  const form = await args.request.formData()
  const typed = { kind: textOf(form, 'kind'), message: textOf(form, 'message') }
  const outcome = await services.reports.writeToPublisher({ slug, viewer, typed })
  const errors: Readonly<Record<string, string>> = {}
  const shown = { typed, errors, waitSeconds: undefined as number | undefined }
  switch (outcome.kind) {
    case 'done':
      throw redirect(`${pathOf(slug)}?sent`, 303)
    case 'invalid':
      return data({ ...shown, errors: outcome.errors }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'refused':
      // Nobody is left to write to: the page says so, as its loader sees it.
      throw redirect(pathOf(slug), 303)
    case 'missing':
      throw data(null, { status: 404 })
  }
}

/** A message to whoever publishes an agent, who answers by mail. */
export default function ContactPublisher({ loaderData, actionData }: Route.ComponentProps) {
  const { agent } = loaderData
  switch (loaderData.kind) {
    case 'unclaimed':
      return <Unclaimed agent={agent} projectUrl={loaderData.projectUrl} />
    case 'nobody':
      return (
        <AccessPage
          title={`Nobody can be written to about ${agent.name}`}
          intro="No one who publishes it has an address that mails can go to. If something is wrong with it, report it to the operators."
          action={<ButtonLink href={`/agents/${agent.slug}/report`}>Report {agent.name}</ButtonLink>}
          footer={<BackTo {...agent} />}
        />
      )
    case 'unverified':
      return (
        <AccessPage
          title="Confirm your address first"
          intro="The publisher answers to your address, so it has to be yours."
          action={
            <ButtonLink href={withReturnTo('/verify-email', pathOf(agent.slug))}>Confirm your address</ButtonLink>
          }
          footer={<BackTo {...agent} />}
        />
      )
    case 'open':
      return loaderData.isSent && actionData === undefined ? (
        <AccessPage
          title="Your message is on its way"
          intro={`The owners and admins of ${loaderData.publisher} get it by mail. They answer to ${loaderData.email}, and not through us.`}
          state="done"
          footer={<BackTo {...agent} />}
        />
      ) : (
        <Message open={loaderData} sent={actionData} />
      )
  }
}

type Agent = Route.ComponentProps['loaderData']['agent']

const Unclaimed = ({ agent, projectUrl }: { agent: Agent; projectUrl: string | null }) => (
  <AccessPage
    title={`Nobody publishes ${agent.name} here`}
    intro="The entry is made of public facts, and no one from the project reads anything here. Write to them where they are."
    action={
      projectUrl === null ? undefined : (
        <ButtonLink href={projectUrl} rel="noopener">
          Open the project
        </ButtonLink>
      )
    }
    footer={<BackTo {...agent} />}
  />
)

interface MessageProps {
  readonly open: Extract<Route.ComponentProps['loaderData'], { kind: 'open' }>
  readonly sent: Route.ComponentProps['actionData']
}

const kinds = [
  { value: 'message', label: 'A question, or something to tell them' },
  { value: 'demo', label: 'A demo' },
]

function Message({ open: { agent, publisher, email, wantsDemo }, sent }: MessageProps) {
  const errors = {
    kind: sent?.errors['kind'] === undefined ? undefined : { message: 'Choose what it is about.' },
    message: asError('The message', sent?.errors['message']),
  }
  return (
    <ToldForm
      title={`Write to ${publisher}`}
      intro={`About ${agent.name}. Its owners and admins get it by mail.`}
      agent={agent}
      errors={errors}
      waitSeconds={sent?.waitSeconds}
    >
      <RadioGroup
        legend="What is it about?"
        name="kind"
        options={kinds}
        defaultValue={sent?.typed.kind ?? (wantsDemo ? 'demo' : 'message')}
        error={errors.kind}
      />
      <TextArea
        label="Message"
        name="message"
        rows={8}
        minLength={10}
        maxLength={2_000}
        defaultValue={sent?.typed.message}
        hint="10 to 2,000 characters."
        error={errors.message}
      />
      <p className="text-14 text-muted wrap-anywhere">
        By sending it you share your name and your address, {email}, with {publisher}: they answer there. We note that
        you wrote to them, not what you wrote.
      </p>
      <Button>Send and share my address</Button>
    </ToldForm>
  )
}
