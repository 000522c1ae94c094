import type { DemoPart } from '#src/identity/index.ts'
import { Button } from '../../ui/button.tsx'
import type { Destination } from './destinations.ts'

interface ContinueAsProps {
  readonly part: Exclude<DemoPart, 'publisher'>
  readonly to: Destination
  readonly kind?: 'ink' | 'secondary'
  readonly label?: string
}

/** One press, no password: demo mode only, and from this machine only. */
export const ContinueAs = ({ part, to, kind = 'ink', label }: ContinueAsProps) => (
  <form method="post" action="/tour">
    <input type="hidden" name="part" value={part} />
    <Button kind={kind} name="to" value={to} className="tour-press">
      {label ?? `Continue as the demo ${part}`}
    </Button>
  </form>
)
