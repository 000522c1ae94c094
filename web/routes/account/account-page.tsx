import type { ReactNode } from 'react'
import { ConsoleLayout } from '../../shell/console-layout.tsx'
import type { ConsoleLink } from '../../shell/console-layout.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Notice } from '../../ui/notice.tsx'

const links = [
  { label: 'Overview', href: '/account' },
  { label: 'Subscriptions', href: '/account/subscriptions', group: 'Agents' },
  { label: 'Connected agents', href: '/account/connected-agents', group: 'Agents' },
  { label: 'Favourites', href: '/account/favourites', group: 'Agents' },
  { label: 'Reviews', href: '/account/reviews', group: 'Agents' },
  { label: 'Invoices', href: '/account/invoices', group: 'Money' },
  { label: 'Billing', href: '/account/billing', group: 'Money' },
  { label: 'Spending cap', href: '/account/spending', group: 'Money' },
  { label: 'Notifications', href: '/account/notifications', group: 'You' },
  { label: 'Profile', href: '/account/profile', group: 'You' },
  { label: 'Security', href: '/account/security', group: 'You' },
  { label: 'Sessions', href: '/account/sessions', group: 'You' },
  { label: 'Organizations', href: '/account/organizations', group: 'You' },
  { label: 'Your data', href: '/account/export', group: 'You' },
] as const satisfies readonly ConsoleLink[]

export interface Notices {
  readonly [name: string]: { readonly title: string; readonly text?: string } | undefined
}

/** The notice that an action left in the URL, if the page knows it. */
export const noticeOf = (notices: Notices, searchParams: URLSearchParams) => {
  const name = searchParams.get('notice') ?? ''
  return Object.hasOwn(notices, name) ? notices[name] : undefined
}

interface AccountPageProps {
  readonly title: string
  /** Which entry of the side navigation this belongs to. */
  readonly current: (typeof links)[number]['href']
  readonly action?: ReactNode
  /** What was just done. */
  readonly notice?: ReturnType<typeof noticeOf>
  /** Says in the tab, too, that something has to be changed. */
  readonly hasErrors?: boolean
  readonly children: ReactNode
}

/** The frame of everything under /account. */
export function AccountPage({ title, current, action, notice, hasErrors = false, children }: AccountPageProps) {
  return (
    <>
      <PageMeta title={hasErrors ? `Error: ${title}` : title} />
      <ConsoleLayout area="Account" links={links} currentHref={current} title={title} action={action}>
        <div className="flex flex-col gap-32">
          {notice !== undefined && !hasErrors && (
            <Notice tone="good" title={notice.title}>
              {notice.text}
            </Notice>
          )}
          {children}
        </div>
      </ConsoleLayout>
    </>
  )
}

interface SectionProps {
  readonly id: string
  readonly title: string
  readonly intro?: ReactNode
  readonly children?: ReactNode
}

/** One matter of a page, under a hairline. */
export const Section = ({ id, title, intro, children }: SectionProps) => (
  <section aria-labelledby={`${id}-title`} className="flex flex-col gap-16 border-t border-hairline pt-24">
    <div className="flex max-w-prose flex-col gap-4">
      <h2 id={`${id}-title`} className="text-18 font-medium">
        {title}
      </h2>
      {intro !== undefined && <p className="wrap-anywhere text-muted">{intro}</p>}
    </div>
    {children}
  </section>
)

/** The width of forms in a console. */
export const FormColumn = ({ children }: { children: ReactNode }) => (
  <div className="flex max-w-form flex-col gap-16">{children}</div>
)
