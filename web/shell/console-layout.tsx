import type { ReactNode } from 'react'

interface ConsoleLink {
  readonly label: string
  readonly href: string
  /** How many items wait there; nothing is shown for none. */
  readonly count?: number
}

interface ConsoleLayoutProps {
  /** Names the side navigation: "Account", "Publisher". */
  readonly area: string
  readonly links: readonly ConsoleLink[]
  readonly currentHref: string
  readonly title: string
  /** The page's one primary action. */
  readonly action?: ReactNode
  readonly children: ReactNode
  /** h1, unless it is shown inside another page. */
  readonly level?: 'h1' | 'h4'
}

/** Where people work: 224 px of navigation, then a fluid column; above the page on narrow screens. */
export function ConsoleLayout(props: ConsoleLayoutProps) {
  const { area, links, currentHref, title, action, children, level: Heading = 'h1' } = props
  return (
    <div className="console-frame">
      <div className="console">
        <nav aria-label={area} className="console-nav">
          {links.map(({ label, href, count = 0 }) => (
            <a key={href} href={href} className="console-link" aria-current={href === currentHref ? 'page' : undefined}>
              {label}
              {count > 0 && (
                <span className="console-count figures">
                  {count}
                  <span className="sr-only"> open</span>
                </span>
              )}
            </a>
          ))}
        </nav>
        <div className="min-w-0 text-14">
          <div className="flex flex-wrap items-center justify-between gap-16 pb-24">
            <Heading className="display text-28">{title}</Heading>
            {action}
          </div>
          {children}
        </div>
      </div>
    </div>
  )
}
