import type { ReactNode } from 'react'
import { Notice } from '../../../ui/notice.tsx'
import type { noticeOf } from '../../account/account-page.tsx'
import { OperatorPage } from '../operator-page.tsx'

const tabs = [
  { label: 'General', href: '/operator/settings/general' },
  { label: 'Branding', href: '/operator/settings/branding' },
  { label: 'Legal', href: '/operator/settings/legal' },
] as const

interface SettingsPageProps {
  readonly current: (typeof tabs)[number]['href']
  readonly notice: ReturnType<typeof noticeOf>
  readonly hasErrors: boolean
  readonly children: ReactNode
}

/** The frame of the marketplace's settings. */
export const SettingsPage = ({ current, notice, hasErrors, children }: SettingsPageProps) => (
  <OperatorPage title="Settings" current="/operator/settings/general" hasErrors={hasErrors}>
    <nav aria-label="Settings" className="flex flex-wrap gap-24">
      {tabs.map(({ label, href }) => (
        <a key={href} href={href} className="sort-link py-4" aria-current={href === current ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
    {notice !== undefined && (
      <Notice tone="good" title={notice.title}>
        {notice.text}
      </Notice>
    )}
    {children}
  </OperatorPage>
)
