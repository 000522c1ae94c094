import { Mark } from './mark.tsx'
import { Water } from './water.tsx'

const columns = [
  {
    title: 'Catalogue',
    links: [
      { label: 'All agents', href: '/agents' },
      { label: 'New in the directory', href: '/agents?sort=newest' },
      { label: 'Recently updated', href: '/agents?sort=updated' },
    ],
  },
  {
    title: 'For programs',
    links: [
      { label: 'API reference', href: '/api/docs' },
      { label: 'OpenAPI document', href: '/api/openapi.json' },
    ],
  },
] as const

export const Footer = ({ siteName }: { siteName: string }) => (
  <footer className="mt-96">
    <div className="wrap-page">
      <Water className="block h-24 w-full text-control" />
      <div className="flex flex-wrap justify-between gap-32 pt-32 pb-48">
        <div className="flex max-w-form flex-col gap-12">
          <p className="flex items-center gap-8">
            <Mark className="size-24" />
            <span className="font-medium">{siteName}</span>
          </p>
          <p className="text-14 text-muted">
            A market for AI agents. Entries marked “unclaimed” are listed from public facts, without affiliation.
          </p>
        </div>
        <div className="flex flex-wrap gap-x-64 gap-y-24">
          {columns.map(({ title, links }) => (
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
    </div>
  </footer>
)
