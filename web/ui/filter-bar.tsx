import type { ReactNode } from 'react'
import { Button } from './button.tsx'

interface FilterBarProps {
  /** Fields, each with its label above. */
  readonly children: ReactNode
  /** A way back to everything, where something is left out. */
  readonly reset?: ReactNode
}

/** What a console's list is narrowed by, kept in the address: dense where there is a mouse, fit for fingers where there is none. */
export const FilterBar = ({ children, reset }: FilterBarProps) => (
  <form method="get" className="filter-bar">
    {children}
    <Button kind="secondary" size="console">
      Filter
    </Button>
    {reset}
  </form>
)
