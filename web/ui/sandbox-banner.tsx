import FlaskConical from 'lucide-react/icons/flask-conical'
import { useRouteLoaderData } from 'react-router'
import type { ShellData } from '../shell/shell-data.ts'
import { Icon } from './icon.tsx'

/** Across the top of the sandbox's own pages. */
export const SandboxBanner = () => (
  <aside aria-label="Sandbox" className="bg-tint-gold">
    <div className="wrap-page flex flex-wrap items-center justify-center gap-x-8 gap-y-4 py-12 text-14">
      <Icon of={FlaskConical} className="text-gold" />
      <p className="font-medium">Sandbox: no money moves</p>
      <p className="text-muted">Use its test cards, never your own.</p>
    </div>
  </aside>
)

/** Beside whatever spends money elsewhere. Shows nothing where payments are real. */
export function SandboxNotice() {
  const shell = useRouteLoaderData<ShellData>('root')
  if (shell?.paymentsAreSandbox !== true) return null
  return (
    <p className="flex gap-8 text-14 text-muted">
      <span className="flex h-icon-l items-center text-gold">
        <Icon of={FlaskConical} />
      </span>
      Sandbox: no money moves.
    </p>
  )
}
