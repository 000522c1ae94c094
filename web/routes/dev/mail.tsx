import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Table } from '../../ui/table.tsx'
import type { RouteHandle } from '../../root.tsx'
import type { Route } from './+types/mail.ts'

export const handle: RouteHandle = { scriptless: true }

export async function loader({ context }: Route.LoaderArgs) {
  const { mailPreview } = context.get(webContext).services
  if (mailPreview === undefined) throw data(null, { status: 404 })
  const mails = await mailPreview.list()
  return {
    mails: mails.map(({ id, to, subject, sentAt }) => ({ id, to, subject, sentAt })),
    templates: mailPreview.templates,
  }
}

export const headers = () => ({ 'cache-control': 'no-store' })

/** Every mail that would have left this machine, newest first. */
export default function MailOutbox({ loaderData: { mails, templates } }: Route.ComponentProps) {
  return (
    <div className="wrap-page flex flex-col gap-48 py-32">
      <PageMeta title="Mail" />
      <section className="flex flex-col gap-16">
        <h1 className="display text-36">Mail</h1>
        <p className="text-muted">
          Without <code className="figures">SMTP_URL</code> no mail leaves this machine. The last 200 are here, reload
          to see new ones.
        </p>
        {mails.length === 0 ? (
          <EmptyState title="No mail yet">
            <TextLink href="/sign-up">Create an account</TextLink>, and the first one arrives.
          </EmptyState>
        ) : (
          <Table
            caption="Mails, newest first"
            rows={mails}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'subject',
                label: 'Subject',
                cell: ({ id, subject }) => <a href={`/dev/mail/${id}`}>{subject}</a>,
              },
              { key: 'to', label: 'To', cell: ({ to }) => <span className="wrap-anywhere">{to}</span> },
              { key: 'sent', label: 'Sent', isFigure: true, cell: ({ sentAt }) => <SentAt sentAt={sentAt} /> },
            ]}
          />
        )}
      </section>
      <section className="flex flex-col gap-16">
        <h2 className="display text-28">Templates</h2>
        <ul className="flex flex-wrap gap-x-24 gap-y-8">
          {templates.map((template) => (
            <li key={template}>
              <a href={`/dev/mail/preview/${template}`}>{template}</a>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

const SentAt = ({ sentAt }: { sentAt: string }) => (
  <time dateTime={sentAt} className="text-14 text-muted">
    {sentAt.slice(0, 19).replace('T', ' ')} UTC
  </time>
)
