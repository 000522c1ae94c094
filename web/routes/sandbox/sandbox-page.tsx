import type { ReactNode } from 'react'
import { PageMeta } from '../../shell/page-meta.tsx'
import { SandboxBanner } from '../../ui/sandbox-banner.tsx'
import { AccessPage } from '../account-access/access-page.tsx'

interface SandboxPageProps {
  readonly title: string
  /** Says in the tab, too, that something has to be changed. */
  readonly hasErrors?: boolean
  /** Beside the title, such as a state. */
  readonly note?: ReactNode
  readonly children: ReactNode
}

/** The frame of the hosted pages. */
export const SandboxPage = ({ title, hasErrors = false, note, children }: SandboxPageProps) => (
  <>
    <PageMeta title={hasErrors ? `Error: ${title}` : title} />
    <SandboxBanner />
    <div className="wrap-page py-32">
      <div className="sandbox-sheet">
        <div className="flex flex-wrap items-center gap-x-16 gap-y-8">
          <h1 className="display text-36">{title}</h1>
          {note}
        </div>
        {children}
      </div>
    </div>
  </>
)

/** A state in which there is one way on. */
export const SandboxGate = (props: Parameters<typeof AccessPage>[0]) => (
  <>
    <SandboxBanner />
    <AccessPage {...props} />
  </>
)
