import type { ReactNode } from 'react'
import { useRouteLoaderData } from 'react-router'
import { ConsoleLayout } from '../../shell/console-layout.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import type { ShellData } from '../../shell/shell-data.ts'

const links = [
  { label: 'Interactions', href: '/operator/interactions' },
  { label: 'Reports', href: '/operator/reports' },
  { label: 'Stripe events', href: '/operator/stripe-events' },
] as const
/** Where payments are played. */
const sandboxLinks = [{ label: 'Sandbox clock', href: '/sandbox/clock' }] as const

interface OperatorPageProps {
  readonly title: string
  /** Which entry of the side navigation this belongs to. */
  readonly current: (typeof links | typeof sandboxLinks)[number]['href']
  /** The page's one primary action. */
  readonly action?: ReactNode
  readonly children: ReactNode
}

/** The frame of everything under /operator. */
export function OperatorPage({ title, current, action, children }: OperatorPageProps) {
  const shell = useRouteLoaderData<ShellData>('root')
  const shown = shell?.paymentsAreSandbox === true ? [...links, ...sandboxLinks] : links
  return (
    <>
      <PageMeta title={title} />
      <ConsoleLayout area="Operator" links={shown} currentHref={current} title={title} action={action}>
        <div className="flex flex-col gap-24">{children}</div>
      </ConsoleLayout>
    </>
  )
}
