// The roles of the combobox pattern stand on plain elements, because the platform's own list boxes can't show pictures or follow
// the field's keys; and templates are empty until the script fills copies of them.
/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/control-has-associated-label */
import ArrowRight from 'lucide-react/icons/arrow-right'
import Search from 'lucide-react/icons/search'
import Tag from 'lucide-react/icons/tag'
import X from 'lucide-react/icons/x'
import type { LucideIcon } from 'lucide-react'
import { createElement } from 'react'
import type { ReactNode } from 'react'
import paletteUrl from '../assets/palette.js?url&no-inline'
import { useNonce } from '../nonce.ts'
import { Icon } from '../ui/icon.tsx'
import type { ShellData } from './shell-data.ts'

interface PaletteProps {
  readonly viewer: ShellData['viewer']
  /** A page with a search of its own shows none in the header; the keys open the palette there too. */
  readonly hasSearch: boolean
}

/**
 * The header's search and the command palette that takes its place where scripts run: everything it shows is made here, and
 * assets/palette.js only fills and steers it.
 */
export function Palette({ viewer, hasSearch }: PaletteProps) {
  const nonce = useNonce()
  return createElement(
    'command-palette',
    null,
    hasSearch && <PlainSearch />,
    hasSearch && <OpenButtons />,
    <dialog key="dialog" className="palette" aria-label="Search and go">
      <PaletteField />
      <div role="listbox" id="palette-list" aria-label="Suggestions" className="palette-list">
        <OptionGroup name="agents" label="Agents" />
        <OptionGroup name="tags" label="Tags" />
        <OptionGroup name="search" label="Search" />
        <OptionGroup name="pages" label="Go to">
          {pagesFor(viewer).map(({ href, label }) => (
            <div key={href} role="option" aria-selected="false" data-href={href} className="palette-option">
              <OptionIcon of={ArrowRight} />
              <span className="min-w-0">{label}</span>
            </div>
          ))}
        </OptionGroup>
      </div>
      <p role="status" className="sr-only" />
      <p className="palette-keys" aria-hidden="true">
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> go
        </span>
        <span>
          <kbd>Esc</kbd> close
        </span>
      </p>
      <Templates />
    </dialog>,
    <script key="script" type="module" src={paletteUrl} nonce={nonce} />,
  )
}

/** A page for which somebody would otherwise look through menus. */
function pagesFor(viewer: ShellData['viewer']): { readonly href: string; readonly label: string }[] {
  const shop = [
    { href: '/agents', label: 'All agents' },
    { href: '/agents?sort=updated', label: 'Recently updated' },
    { href: '/compare', label: 'Compare agents' },
  ]
  if (viewer === undefined) return [...shop, { href: '/sign-in', label: 'Sign in' }]
  return [
    { href: '/account/subscriptions', label: 'Your subscriptions' },
    { href: '/account/favourites', label: 'Your favourites' },
    { href: '/account', label: 'Your account' },
    ...shop,
    ...(viewer.isOperator ? [{ href: '/operator/stripe-events', label: 'Operator console' }] : []),
  ]
}

const PlainSearch = () => (
  <>
    <search className="palette-fallback hidden max-w-search min-w-0 flex-1 md:block">
      <form action="/agents" className="header-search">
        <Icon of={Search} className="search-icon" />
        <input
          type="search"
          name="q"
          aria-label="Search agents"
          placeholder="Search agents"
          maxLength={200}
          className="search-input"
        />
      </form>
    </search>
    <a href="/agents" className="palette-fallback icon-button md:hidden" aria-label="Search agents">
      <Icon of={Search} size={20} />
    </a>
  </>
)

/** As large as what they replace, so that nothing moves when the script has come. */
const OpenButtons = () => (
  <>
    <button
      type="button"
      data-open
      aria-keyshortcuts="Control+K Meta+K /"
      className="palette-opener header-search hidden max-w-search min-w-0 flex-1 md:block"
    >
      <Icon of={Search} className="search-icon" />
      <span className="search-input palette-words">
        <span className="truncate">Search agents</span>
        <kbd aria-hidden="true" data-mac="⌘ K">
          Ctrl K
        </kbd>
      </span>
    </button>
    <button type="button" data-open className="palette-opener icon-button md:hidden" aria-label="Search agents">
      <Icon of={Search} size={20} />
    </button>
  </>
)

const PaletteField = () => (
  <form action="/agents" className="palette-field">
    <Icon of={Search} size={20} className="text-muted" />
    <input
      name="q"
      role="combobox"
      aria-expanded="true"
      aria-controls="palette-list"
      aria-autocomplete="list"
      aria-label="Search agents, tags and pages"
      placeholder="Search agents, tags and pages"
      maxLength={200}
      inputMode="search"
      enterKeyHint="search"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      className="palette-input"
    />
    <button type="button" data-close className="icon-button" aria-label="Close">
      <Icon of={X} size={20} />
    </button>
  </form>
)

interface OptionGroupProps {
  readonly name: string
  readonly label: string
  readonly children?: ReactNode
}

const OptionGroup = ({ name, label, children }: OptionGroupProps) => (
  <div role="group" data-group={name} aria-label={label} hidden={children === undefined}>
    {name !== 'search' && (
      <div role="presentation" className="palette-heading">
        {label}
      </div>
    )}
    {children}
  </div>
)

const OptionIcon = ({ of }: { of: LucideIcon }) => (
  <span className="palette-icon">
    <Icon of={of} size={20} />
  </span>
)

/** What the script copies for each thing it found. */
const Templates = () => (
  <>
    <template data-kind="agent">
      <div role="option" aria-selected="false" className="palette-option">
        <img alt="" width="32" height="32" className="palette-icon" />
        <span className="min-w-0">
          <span data-line className="block truncate font-medium" />
          <span data-line className="block truncate text-14 text-muted" />
        </span>
      </div>
    </template>
    {[
      { kind: 'tag', icon: Tag },
      { kind: 'search', icon: Search },
    ].map(({ kind, icon }) => (
      <template key={kind} data-kind={kind}>
        <div role="option" aria-selected="false" className="palette-option">
          <OptionIcon of={icon} />
          <span data-line className="min-w-0 truncate" />
        </div>
      </template>
    ))}
  </>
)
