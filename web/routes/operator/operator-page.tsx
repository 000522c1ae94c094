import type { ReactNode } from 'react'
import { useRouteLoaderData } from 'react-router'
import { ConsoleLayout } from '../../shell/console-layout.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import type { ShellData } from '../../shell/shell-data.ts'
import { operatorLinks, sandboxLinks } from './operator-links.ts'
import type { OpenItems, OperatorHref } from './operator-links.ts'

interface OperatorPageProps {
  readonly title: string
  /** Which entry of the side navigation this belongs to. */
  readonly current: OperatorHref
  /** The page's one primary action. */
  readonly action?: ReactNode
  /** Says in the tab, too, that something has to be changed. */
  readonly hasErrors?: boolean
  readonly children: ReactNode
}

/** The frame of everything under /operator. */
export function OperatorPage({ title, current, action, hasErrors = false, children }: OperatorPageProps) {
  const shell = useRouteLoaderData<ShellData>('root')
  const links = linksWith(shell?.openItems)
  const shown = shell?.paymentsAreSandbox === true ? [...links, ...sandboxLinks] : links
  return (
    <>
      <PageMeta title={hasErrors ? `Error: ${title}` : title} />
      <ConsoleLayout area="Operator" links={shown} currentHref={current} title={title} action={action}>
        <div className="flex flex-col gap-24">{children}</div>
      </ConsoleLayout>
    </>
  )
}

const linksWith = (openItems: OpenItems | undefined) =>
  operatorLinks.map((link) => ({
    label: link.label,
    href: link.href,
    count: 'counted' in link ? (openItems?.[link.counted] ?? 0) : 0,
  }))
