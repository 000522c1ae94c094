import type { ReactNode } from 'react'
import { ConsoleLayout } from '../../shell/console-layout.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'

const links = [{ label: 'Stripe events', href: '/operator/stripe-events' }] as const

interface OperatorPageProps {
  readonly title: string
  /** Which entry of the side navigation this belongs to. */
  readonly current: (typeof links)[number]['href']
  /** The page's one primary action. */
  readonly action?: ReactNode
  readonly children: ReactNode
}

/** The frame of everything under /operator. */
export const OperatorPage = ({ title, current, action, children }: OperatorPageProps) => (
  <>
    <PageMeta title={title} />
    <ConsoleLayout area="Operator" links={links} currentHref={current} title={title} action={action}>
      <div className="flex flex-col gap-24">{children}</div>
    </ConsoleLayout>
  </>
)
