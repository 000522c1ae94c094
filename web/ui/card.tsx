import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A raised sheet with a hairline; never a shadow. */
export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={classNames('rounded-card border border-hairline bg-raised p-card', className)}>{children}</div>
}
