import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, textOf } from '../account-access/account-request.ts'
import { TooOften } from '../account-access/too-often.tsx'
import { TextButton } from '../account/text-button.tsx'
import type { Route } from './+types/confirm-mailbox.ts'

export const headers = accountHeaders

type Args = Pick<Route.LoaderArgs, 'context' | 'request' | 'params'>

const askOf = (args: Args) => ({ caller: accountRequest(args).caller, token: args.params.token })

export async function loader(args: Route.LoaderArgs) {
  const { services } = args.context.get(webContext)
  return answered(await services.engagement.readMailbox(askOf(args)))
}

export async function action(args: Route.ActionArgs) {
  const { services } = args.context.get(webContext)
  const isLeaving = textOf(await args.request.formData(), 'intent') === 'leave'
  const { confirmMailbox, leaveMailbox } = services.engagement
  return answered(await (isLeaving ? leaveMailbox(askOf(args)) : confirmMailbox(askOf(args))))
}

type Answer = Awaited<ReturnType<ReturnType<typeof servicesOf>['engagement']['readMailbox']>>
const servicesOf = (args: Args) => args.context.get(webContext).services

function answered(answer: Answer) {
  if (answer.kind === 'rate_limited') {
    return data(answer, { status: 429, headers: { 'retry-after': String(answer.retryAfterSeconds) } })
  }
  // With a status of its own: the loader, which runs once more after a form, finds what was left gone.
  return data(answer, { status: answer.kind === 'expired' || answer.kind === 'unknown' ? 410 : 200 })
}

/** Behind a link that only a mailbox knows: says yes, or leaves. */
export default function ConfirmMailbox({ loaderData, actionData }: Route.ComponentProps) {
  const answer = actionData ?? loaderData
  switch (answer.kind) {
    case 'open':
      return <Question {...answer} />
    case 'confirmed':
      return <Confirmed {...answer} />
    case 'left':
      return (
        <AccessPage
          title="Your address was removed"
          intro="No mail comes any more, and nothing is sent in its name."
          state="done"
          action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}
        />
      )
    case 'rate_limited':
      return (
        <AccessPage title="Confirm your address" state="error">
          <TooOften seconds={answer.retryAfterSeconds} />
        </AccessPage>
      )
    case 'expired':
    case 'unknown':
      return (
        <AccessPage
          title={answer.kind === 'expired' ? 'This link has expired' : 'This link does not work'}
          intro={
            answer.kind === 'expired'
              ? 'It worked for seven days. Ask for a new one where you asked for this.'
              : 'It may have been cut off in the mail, or the address is not on the list any more.'
          }
          action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}
        />
      )
  }
}

type Subject = Omit<Extract<Answer, { kind: 'open' | 'confirmed' }>, 'kind'>

interface Words {
  readonly ask: string
  readonly question: string
  readonly yes: string
  readonly no: string
  readonly done: string
  readonly outcome: string
}

/** By what the link is about; it names the address, and the agent where there is one. */
const wordsOf: Readonly<Record<Subject['about'], (email: string, agent: string) => Words>> = {
  recipient: (email) => ({
    ask: 'Get mails about what people do?',
    question: `Shall ${email} get a mail each time somebody joins a waitlist, installs an agent or asks for something?`,
    yes: 'Yes, tell me',
    no: 'No, remove my address',
    done: 'You will be told',
    outcome: `${email} gets a mail about what happens from now on.`,
  }),
  waitlist: (email, agent) => ({
    ask: `Wait for ${agent}?`,
    question: `Shall ${email} get one mail when it can be used?`,
    yes: 'Yes, tell me',
    no: 'No, remove my address',
    done: `You are waiting for ${agent}`,
    outcome: `One mail comes to ${email} when it can be used.`,
  }),
  report: (email, agent) => ({
    ask: `Send your report about ${agent}?`,
    question: `It was written with ${email}. The operators read it, and may answer to this address.`,
    yes: 'Send the report',
    no: 'No, delete it',
    done: 'The operators have your report',
    outcome: `If they have a question, they ask ${email}.`,
  }),
  removal: (email, agent) => ({
    ask: `Ask for the removal of ${agent}?`,
    question: `It was asked for with ${email}. The operators decide, and a mail tells you what they decided.`,
    yes: 'Ask for removal',
    no: 'No, delete it',
    done: 'The operators will decide',
    outcome: `A mail to ${email} tells you what they decided.`,
  }),
}

const wordsFor = ({ about, email, agent }: Subject): Words => wordsOf[about](email, agent?.name ?? '')

/** Programs open links in mails, people press buttons. */
function Question(subject: Subject) {
  const { ask, question, yes, no } = wordsFor(subject)
  return (
    <AccessPage title={ask} intro={question}>
      {subject.details !== '' && (
        <figure className="flex flex-col gap-4">
          <figcaption className="text-14 font-medium">What was written</figcaption>
          <blockquote
            dir="auto"
            className="border-s-2 border-control ps-12 text-14 whitespace-pre-line text-muted wrap-anywhere"
          >
            {subject.details}
          </blockquote>
        </figure>
      )}
      <form method="post" className="flex flex-col gap-12">
        <Button>{yes}</Button>
      </form>
      <form method="post" className="flex flex-col">
        <input type="hidden" name="intent" value="leave" />
        <Button kind="secondary">{no}</Button>
      </form>
    </AccessPage>
  )
}

function Confirmed(subject: Subject) {
  const { about, agent } = subject
  const { done, outcome } = wordsFor(subject)
  const isList = about === 'recipient' || about === 'waitlist'
  return (
    <AccessPage
      title={done}
      intro={outcome}
      state="done"
      action={
        agent === undefined ? undefined : <ButtonLink href={`/agents/${agent.slug}`}>Back to {agent.name}</ButtonLink>
      }
      footer={
        isList && (
          <form method="post">
            <input type="hidden" name="intent" value="leave" />
            <TextButton>Leave the list</TextButton>
          </form>
        )
      }
    />
  )
}
