import { useId } from 'react'
import type { ReactNode } from 'react'
import ChevronDown from 'lucide-react/icons/chevron-down'
import { Icon } from '../ui/icon.tsx'

export interface ConsoleLink {
  readonly label: string
  readonly href: string
  /** Under which heading it stands; neighbours of one group share it. None for what stands alone. */
  readonly group?: string
  /** How many items wait there; nothing is shown for none. */
  readonly count?: number
  /** What they are, for who can't see where the number stands; "open" unless said. */
  readonly counted?: string
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

/** Where people work: 224 px of navigation, then a fluid column; on narrow screens a menu above the page. */
export function ConsoleLayout(props: ConsoleLayoutProps) {
  const { area, links, currentHref, title, action, children, level: Heading = 'h1' } = props
  return (
    <div className="console-frame">
      <div className="console">
        <nav aria-label={area} className="console-nav">
          <NarrowMenu area={area} links={links} currentHref={currentHref} />
          <div className="console-side">
            <Links links={links} currentHref={currentHref} />
          </div>
        </nav>
        <div className="min-w-0 text-14">
          <div className="flex flex-wrap items-center justify-between gap-16 pb-24">
            <Heading className="display min-w-0 text-28 wrap-anywhere">{title}</Heading>
            {action}
          </div>
          {children}
        </div>
      </div>
    </div>
  )
}

type NavigationProps = Pick<ConsoleLayoutProps, 'links' | 'currentHref'>

/** Closed, so that a phone shows the page and not the way to every other one. */
function NarrowMenu({ area, links, currentHref }: NavigationProps & { area: string }) {
  const current = links.find(({ href }) => href === currentHref)
  const waiting = links.filter(({ href, count = 0 }) => count > 0 && href !== currentHref)
  return (
    <details className="console-menu">
      <summary>
        <span className="min-w-0">
          <span className="text-muted">{area}</span>
          {current !== undefined && <span className="font-medium"> · {current.label}</span>}
        </span>
        {waiting.length > 0 && (
          <span className="text-muted">{waiting.map(({ label, count }) => `${label} ${count}`).join(', ')}</span>
        )}
        <Icon of={ChevronDown} />
      </summary>
      <div className="console-menu-links">
        <Links links={links} currentHref={currentHref} />
      </div>
    </details>
  )
}

const Links = ({ links, currentHref }: NavigationProps) =>
  groupsOf(links).map((group) => (
    <Group key={group[0]?.href} name={group[0]?.group}>
      {group.map(({ label, href, count = 0, counted = 'open' }) => (
        <li key={href}>
          <a href={href} className="console-link" aria-current={href === currentHref ? 'page' : undefined}>
            {label}
            {count > 0 && (
              <span className="console-count figures">
                {count}
                <span className="sr-only"> {counted}</span>
              </span>
            )}
          </a>
        </li>
      ))}
    </Group>
  ))

function Group({ name, children }: { name: string | undefined; children: ReactNode }) {
  const id = useId()
  if (name === undefined) return <ul>{children}</ul>
  return (
    <div>
      <p id={id} className="console-group">
        {name}
      </p>
      <ul aria-labelledby={id}>{children}</ul>
    </div>
  )
}

/** Neighbours of one group together, in their order. */
function groupsOf(links: readonly ConsoleLink[]): ConsoleLink[][] {
  const groups: ConsoleLink[][] = []
  for (const link of links) {
    const last = groups.at(-1)
    if (last !== undefined && last[0]?.group === link.group) last.push(link)
    else groups.push([link])
  }
  return groups
}
