import { data } from 'react-router'
import type { NotificationServices } from '#src/features/notifications/index.ts'
import { webContext } from '../../context.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextButton } from '../account/text-button.tsx'
import { mailKindWords } from '../account/notifications/mail-kind-words.ts'
import type { Route } from './+types/unsubscribe.ts'

export const headers = accountHeaders

/** Asks; programs that open the links in a mail change nothing. */
export async function loader({ context, params }: Route.LoaderArgs) {
  return answered(await context.get(webContext).services.notifications.readLink(params.token))
}

/** One POST ends it, by a mail program (RFC 8058) or by the button; the other button takes that back. */
export async function action({ context, params, request }: Route.ActionArgs) {
  const isWanted = textOf(await request.formData(), 'intent') === 'resume'
  const { notifications } = context.get(webContext).services
  return answered(await notifications.chooseByLink({ token: params.token, isWanted }))
}

type Answer = Awaited<ReturnType<NotificationServices['readLink']>>

const answered = (answer: Answer) => data(answer ?? null, { status: answer === undefined ? 410 : 200 })

export default function Unsubscribe({ loaderData, actionData }: Route.ComponentProps) {
  const answer = actionData === undefined ? loaderData : actionData
  const settings = <ButtonLink href="/account/notifications">All your notifications</ButtonLink>
  if (answer === null) {
    return (
      <AccessPage
        title="This link does not work"
        intro="It may have been cut off in the mail, or the account is gone. Signed in, you choose which mails come."
        action={settings}
      />
    )
  }
  const { label, text } = mailKindWords[answer.kind]
  if (!answer.isWanted) {
    return (
      <AccessPage
        title="These mails are stopped"
        intro={`No more mails about this: ${label.toLowerCase()}. Everything else stays as it is.`}
        state="done"
        action={settings}
        footer={
          <form method="post">
            <input type="hidden" name="intent" value="resume" />
            <TextButton>I want them after all</TextButton>
          </form>
        }
      />
    )
  }
  return (
    <AccessPage title="Stop these mails?" intro={`${label}: ${text}`}>
      <form method="post" className="flex flex-col">
        <Button>Stop them</Button>
      </form>
    </AccessPage>
  )
}
