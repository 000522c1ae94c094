import type { ReactNode } from 'react'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Card } from '../../ui/card.tsx'
import { GateArch } from './gate-arch.tsx'

interface AccessPageProps {
  readonly title: string
  /** One or two sentences under the title. */
  readonly intro?: ReactNode
  /** `error`: says in the tab, too, that something has to be changed. `done`: lights the arch. */
  readonly state?: 'error' | 'done' | undefined
  /** The one way on, where there is no form. */
  readonly action?: ReactNode
  readonly children?: ReactNode
  /** Below the sheet: ways on that are not the page's own. */
  readonly footer?: ReactNode
}

/** A gate: an arch, one narrow sheet, one thing to do. */
export function AccessPage({ title, intro, state, action, children, footer }: AccessPageProps) {
  return (
    <div className="wrap-page py-32">
      <PageMeta title={state === 'error' ? `Error: ${title}` : title} />
      <div className="mx-auto flex max-w-form flex-col gap-24">
        <div className="flex flex-col gap-12 text-center">
          <GateArch isLit={state === 'done'} />
          <h1 className="display text-36">{title}</h1>
          {intro !== undefined && <p className="text-balance text-muted wrap-anywhere">{intro}</p>}
        </div>
        {children !== undefined && <Card className="flex flex-col gap-24">{children}</Card>}
        {action !== undefined && <div className="flex justify-center">{action}</div>}
        {footer !== undefined && <div className="flex flex-col gap-8 text-center text-muted">{footer}</div>}
      </div>
    </div>
  )
}
