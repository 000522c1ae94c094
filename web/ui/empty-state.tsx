import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly title: string
  readonly children?: ReactNode
  /** One way on. */
  readonly action?: ReactNode
  readonly level?: 'h1' | 'h2' | 'h4'
}

/** An unlit arch, one sentence, one action. */
export function EmptyState({ title, children, action, level: Heading = 'h2' }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-16 py-48 text-center">
      <UnlitArch />
      <Heading className="display max-w-form text-22">{title}</Heading>
      {children !== undefined && <div className="max-w-form text-balance text-muted">{children}</div>}
      {action}
    </div>
  )
}

export function UnlitArch() {
  return (
    <svg viewBox="0 0 96 96" className="size-arch text-control line-art" aria-hidden="true">
      <path d="M24 78V44a24 24 0 0 1 48 0v34" />
      <path d="M33 78V45a15 15 0 0 1 30 0v33" className="text-hairline" />
      <path d="M12 78h72M20 84.5h56M30 91h36" />
    </svg>
  )
}
