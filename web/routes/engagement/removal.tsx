import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextArea } from '../../ui/text-area.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { asError } from '../reviews/review-fields.tsx'
import { BackTo, emailError, OwnAddress, Sent, ToldForm } from './told-form.tsx'
import { answerTold, toldRequest } from './told-request.ts'
import type { Route } from './+types/removal.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  return (await toldRequest(args, 'removal')).shown
}

export async function action(args: Route.ActionArgs) {
  const { services, viewer, caller } = await toldRequest(args, 'removal')
  const { slug } = args.params
  const form = await args.request.formData()
  const typed = { details: textOf(form, 'details') }
  const email = textOf(form, 'email')
  const outcome = await services.reports.askForRemoval({ slug, email, caller, viewer, typed })
  return answerTold({ outcome, typed: { ...typed, email }, path: `/agents/${slug}/removal` })
}

/** A project that wants its directory entry gone. */
export default function Removal({ loaderData, actionData }: Route.ComponentProps) {
  const { agent, isDirectoryEntry, ownEmail, typedEmail, sent, isDemo } = loaderData
  if (!isDirectoryEntry) {
    return (
      <AccessPage
        title={`${agent.name} has a publisher`}
        intro="Whoever publishes it can take it down themselves. If something is wrong with it, report it."
        action={<ButtonLink href={`/agents/${agent.slug}/report`}>Report {agent.name}</ButtonLink>}
        footer={<BackTo {...agent} />}
      />
    )
  }
  if (sent !== undefined && actionData === undefined) {
    return (
      <Sent
        kind={sent}
        agent={agent}
        isDemo={isDemo}
        next="They decide, and a mail tells you what they decided and why."
      />
    )
  }
  const said = actionData?.errors ?? {}
  const errors = { details: asError('What you wrote', said['details']), email: emailError(said['email']) }
  return (
    <ToldForm
      title={`Ask for the removal of ${agent.name}`}
      intro={
        <>
          For those who make it. Would you rather keep the entry and say yourselves what it says?{' '}
          <TextLink href={`/agents/${agent.slug}/claim`}>Claim it</TextLink>.
        </>
      }
      agent={agent}
      errors={errors}
      waitSeconds={actionData?.waitSeconds}
    >
      <TextArea
        label="Who are you to the project?"
        name="details"
        maxLength={2_000}
        rows={5}
        defaultValue={actionData?.typed.details}
        hint="Say how the operators can see that it is yours: a name in the project, an address at its site."
        error={errors.details}
      />
      <OwnAddress ownEmail={ownEmail} typed={actionData?.typed.email ?? typedEmail} error={errors.email} />
      <p className="text-14 text-muted">
        An entry that is removed leaves the shop and the search, and an update of the directory does not bring it back.
      </p>
      <Button>Ask for removal</Button>
    </ToldForm>
  )
}
