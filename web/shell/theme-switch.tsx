import type { LucideIcon } from 'lucide-react'
import Monitor from 'lucide-react/icons/monitor'
import Moon from 'lucide-react/icons/moon'
import Sun from 'lucide-react/icons/sun'
import { Icon } from '../ui/icon.tsx'

export type Theme = 'system' | 'light' | 'dark'

const themes: readonly { readonly value: Theme; readonly label: string; readonly icon: LucideIcon }[] = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
]

/** Three buttons of one form: the choice is a cookie, so the next first paint is already right. */
export function ThemeSwitch({ theme, returnTo }: { theme: Theme; returnTo: string }) {
  return (
    <form method="post" action="/theme">
      <input type="hidden" name="returnTo" value={returnTo} />
      <fieldset className="theme-switch" aria-label="Colour theme">
        {' '}
        {themes.map(({ value, label, icon }) => (
          <button key={value} name="theme" value={value} aria-pressed={value === theme}>
            <Icon of={icon} />
            {label}
          </button>
        ))}
      </fieldset>
    </form>
  )
}
