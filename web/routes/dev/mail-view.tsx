import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { MailFrame } from './mail-frame.tsx'

interface MailViewProps {
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly html: string
}

/** One mail: its headers, its links, and both of its bodies. */
export function MailView({ subject, headers, text, html }: MailViewProps) {
  const links = [...new Set(text.match(/https?:\/\/\S+/g))]
  return (
    <div className="wrap-page flex flex-col gap-24 py-32">
      <PageMeta title={subject} />
      <Breadcrumbs crumbs={[{ label: 'Mail', href: '/dev/mail' }, { label: subject }]} />
      <h1 className="display text-36">{subject}</h1>
      <dl className="flex flex-col gap-4 text-14">
        {Object.entries(headers).map(([name, value]) => (
          <div key={name} className="flex flex-wrap gap-x-8">
            <dt className="text-muted">{name}</dt>
            <dd className="figures wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      <section className="flex flex-col gap-8">
        <h2 className="text-18 font-medium">Links</h2>
        <ul className="flex flex-col gap-8">
          {links.map((link) => (
            <li key={link} className="wrap-anywhere">
              <a href={link}>{link}</a>
            </li>
          ))}
        </ul>
      </section>
      <section className="flex flex-col gap-8">
        <h2 className="text-18 font-medium">HTML</h2>
        <MailFrame html={html} title={`HTML of “${subject}”`} />
      </section>
      <section className="flex flex-col gap-8">
        <h2 className="text-18 font-medium">Text</h2>
        <pre className="figures overflow-x-auto rounded-card bg-sunken p-16 text-14 whitespace-pre-wrap wrap-anywhere">
          {text}
        </pre>
      </section>
    </div>
  )
}
