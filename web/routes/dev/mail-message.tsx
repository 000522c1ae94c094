import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { MailView } from './mail-view.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/mail-message.ts'

export const handle: RouteHandle = { scriptless: true }

export async function loader({ context, params }: Route.LoaderArgs) {
  const mail = await context.get(webContext).services.mailPreview?.find(params.id)
  if (mail === undefined) throw data(null, { status: 404 })
  return mail
}

export const headers = () => ({ 'cache-control': 'no-store' })

export default function MailMessage({ loaderData: mail }: Route.ComponentProps) {
  const headers = {
    From: mail.from,
    To: mail.to,
    ...(mail.replyTo !== undefined && { 'Reply-To': mail.replyTo }),
    Sent: mail.sentAt,
    'Message-ID': mail.messageId,
    Template: mail.template,
  }
  return <MailView subject={mail.subject} headers={headers} text={mail.text} html={mail.html} />
}
