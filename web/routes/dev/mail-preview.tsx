import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { MailView } from './mail-view.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/mail-preview.ts'

export const handle: RouteHandle = { scriptless: true }

export async function loader({ context, params }: Route.LoaderArgs) {
  const mail = await context.get(webContext).services.mailPreview?.renderSample(params.template)
  if (mail === undefined) throw data(null, { status: 404 })
  return { template: params.template, ...mail }
}

/** A template with sample data, before anything caused such a mail. */
export default function MailPreview({ loaderData: { template, subject, text, html } }: Route.ComponentProps) {
  return <MailView subject={subject} headers={{ Template: template, Data: 'sample' }} text={text} html={html} />
}
