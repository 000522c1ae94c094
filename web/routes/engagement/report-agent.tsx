import { Button } from '../../ui/button.tsx'
import { RadioGroup } from '../../ui/choice.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { asError } from '../reviews/review-fields.tsx'
import { emailError, OwnAddress, Sent, ToldForm } from './told-form.tsx'
import { answerTold, toldRequest } from './told-request.ts'
import type { Route } from './+types/report-agent.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  return (await toldRequest(args, 'report')).shown
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer, caller } = await toldRequest(args, 'report')
  const { slug } = args.params
  const form = await args.request.formData()
  const typed = { reason: textOf(form, 'reason'), details: textOf(form, 'details') }
  const email = textOf(form, 'email')
  const outcome = await services.reports.report({ slug, email, caller, viewer, typed })
  return answerTold({ outcome, typed: { ...typed, email }, path: `/agents/${slug}/report` })
}

const reasons = [
  { value: 'spam', label: 'It is advertising, or spam' },
  { value: 'misleading', label: 'What it says of itself is untrue' },
  { value: 'not_working', label: 'It doesn’t work' },
  { value: 'harmful', label: 'It harms people, or their data' },
  { value: 'illegal', label: 'It is against the law' },
  { value: 'mine', label: 'It uses my name, work or trademark, or is my project' },
  { value: 'off_topic', label: 'It is no agent' },
  { value: 'other', label: 'Something else' },
]

/** Something is wrong with an agent: for anybody, with a confirmed address. */
export default function ReportAgent({ loaderData, actionData }: Route.ComponentProps) {
  const { agent, ownEmail, typedEmail, sent, isDemo } = loaderData
  if (sent !== undefined && actionData === undefined) {
    return (
      <Sent
        kind={sent}
        agent={agent}
        isDemo={isDemo}
        next="They look at it, and may write to you if they have a question."
      />
    )
  }
  const said = actionData?.errors ?? {}
  const errors = {
    reason: said['reason'] === undefined ? undefined : { message: 'Choose what is wrong with it.' },
    details: asError('What you wrote', said['details']),
    email: emailError(said['email']),
  }
  const chosen = actionData?.typed.reason ?? loaderData.reason
  return (
    <ToldForm
      title={`Report ${agent.name}`}
      intro="The operators of this marketplace read it. Its publisher doesn’t learn who reported."
      agent={agent}
      errors={errors}
      waitSeconds={actionData?.waitSeconds}
    >
      <div id="reason">
        <RadioGroup
          legend="What is wrong with it?"
          name="reason"
          options={reasons}
          {...(chosen !== undefined && { defaultValue: chosen })}
          error={errors.reason}
        />
      </div>
      <TextArea
        label="What should the operators know? (optional)"
        name="details"
        maxLength={2_000}
        rows={5}
        defaultValue={actionData?.typed.details}
        hint="What you saw, where, and when."
        error={errors.details}
      />
      <OwnAddress ownEmail={ownEmail} typed={actionData?.typed.email ?? typedEmail} error={errors.email} />
      <Button>Report {agent.name}</Button>
    </ToldForm>
  )
}
