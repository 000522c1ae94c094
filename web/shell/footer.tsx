import { Mark } from './mark.tsx'
import type { ShellData } from './shell-data.ts'
import { Water } from './water.tsx'

interface FooterLink {
  readonly label: string
  readonly href: string
}

const columns: readonly { readonly title: string; readonly links: readonly FooterLink[] }[] = [
  {
    title: 'Catalogue',
    links: [
      { label: 'All agents', href: '/agents' },
      { label: 'New in the directory', href: '/agents?sort=newest' },
      { label: 'Recently updated', href: '/agents?sort=updated' },
      { label: 'How ranking works', href: '/how-ranking-works' },
    ],
  },
  {
    title: 'For publishers',
    links: [
      { label: 'What you get', href: '/for-publishers' },
      { label: 'API reference', href: '/api/docs' },
      { label: 'OpenAPI document', href: '/api/openapi.json' },
      { label: 'For language models', href: '/llms.txt' },
    ],
  },
  {
    title: 'Legal',
    links: [
      { label: 'Terms', href: '/legal/terms' },
      { label: 'Privacy', href: '/legal/privacy' },
      { label: 'Refunds', href: '/legal/refunds' },
      { label: 'Imprint', href: '/legal/imprint' },
    ],
  },
]

export function Footer({ shell: { siteName, mark, supportEmail } }: { shell: ShellData }) {
  const help: readonly FooterLink[] = [
    ...(supportEmail === undefined ? [] : [{ label: 'Write to us', href: `mailto:${supportEmail}` }]),
    { label: 'Status', href: '/status' },
  ]
  return (
    <footer className="mt-96">
      <div className="wrap-page">
        <Water className="block h-24 w-full text-control" />
        <div className="footer-columns">
          <div className="footer-words">
            <p className="flex items-center gap-8">
              <Mark className="size-24" picture={mark} />
              <span className="font-medium wrap-anywhere">{siteName}</span>
            </p>
            <p className="text-14 text-muted">
              A market for AI agents. Entries marked “unclaimed” are listed from public facts, without affiliation.
            </p>
          </div>
          {[...columns, { title: 'Help', links: help }].map(({ title, links }) => (
            <nav key={title} aria-label={title} className="flex flex-col gap-8 text-14">
              <p className="font-medium">{title}</p>
              {links.map(({ label, href }) => (
                <a key={href} href={href} className="quiet-link">
                  {label}
                </a>
              ))}
            </nav>
          ))}
        </div>
      </div>
    </footer>
  )
}
