import CircleUser from 'lucide-react/icons/circle-user'
import Menu from 'lucide-react/icons/menu'
import SunMoon from 'lucide-react/icons/sun-moon'
import { ButtonLink } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Mark } from './mark.tsx'
import { Palette } from './palette.tsx'
import type { ShellData } from './shell-data.ts'
import { ThemeSwitch } from './theme-switch.tsx'

interface HeaderProps {
  readonly shell: ShellData
  /** Path and query of the page, where a form returns to. */
  readonly here: string
  /** A page with a search of its own doesn't need a second one. */
  readonly hasSearch: boolean
  readonly hasPalette: boolean
}

export function Header({ shell, here, hasSearch, hasPalette }: HeaderProps) {
  const path = here.split('?')[0] ?? here
  return (
    <header className="site-header">
      <div className="wrap-page flex min-h-header flex-wrap items-center gap-x-8 sm:gap-x-16">
        <a href="/" className="flex items-center gap-8 text-ink no-underline touch-target">
          <Mark className="size-tile-m" picture={shell.mark} />
          <span className="display text-22">{shell.siteName}</span>
        </a>
        <nav aria-label="Main" className="hidden md:flex">
          <a
            href="/agents"
            className="nav-link min-h-header"
            aria-current={path === '/agents' ? 'page' : path.startsWith('/agents/') || undefined}
          >
            Agents
          </a>
        </nav>
        <div className="flex flex-1 flex-wrap items-center justify-end gap-4 sm:gap-8">
          {hasPalette && <Palette viewer={shell.viewer} hasSearch={hasSearch} />}
          <button
            type="button"
            popoverTarget="theme-menu"
            className="icon-button hidden md:inline-flex"
            aria-label="Theme"
          >
            <Icon of={SunMoon} size={20} />
          </button>
          <PersonEntry shell={shell} here={here} />
          <button type="button" popoverTarget="site-menu" className="icon-button md:hidden" aria-label="Menu">
            <Icon of={Menu} size={20} />
          </button>
        </div>
      </div>
      <div id="theme-menu" popover="auto" className="menu">
        <ThemeSwitch theme={shell.theme} returnTo={here} />
      </div>
      <div id="site-menu" popover="auto" className="menu">
        <nav aria-label="Menu" className="flex flex-col">
          <a href="/agents" className="menu-item">
            All agents
          </a>
          {shell.viewer === undefined && (
            <>
              <a href={signInHref(here)} className="menu-item">
                Sign in
              </a>
              <a href="/sign-up" className="menu-item">
                Create an account
              </a>
            </>
          )}
        </nav>
        <ThemeSwitch theme={shell.theme} returnTo={here} />
      </div>
    </header>
  )
}

const signInHref = (here: string): string => `/sign-in?returnTo=${encodeURIComponent(here)}`

function PersonEntry({ shell: { viewer }, here }: { shell: ShellData; here: string }) {
  if (viewer === undefined) {
    return (
      <ButtonLink kind="secondary" href={signInHref(here)} className="max-phone:hidden">
        Sign in
      </ButtonLink>
    )
  }
  return (
    <>
      <button
        type="button"
        popoverTarget="person-menu"
        className="icon-button"
        aria-label={`Account of ${viewer.name}`}
      >
        <Icon of={CircleUser} size={20} />
      </button>
      <div id="person-menu" popover="auto" className="menu">
        <p className="menu-heading">
          <span className="block font-medium">{viewer.name}</span>
          <span className="block text-14 text-muted">{viewer.email}</span>
        </p>
        <a href="/account" className="menu-item">
          Your account
        </a>
        {viewer.isOperator && (
          <a href="/operator/stripe-events" className="menu-item">
            Operator console
          </a>
        )}
        <form method="post" action="/sign-out">
          <button className="menu-item w-full">Sign out</button>
        </form>
      </div>
    </>
  )
}
