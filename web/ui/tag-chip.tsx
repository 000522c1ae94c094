import X from 'lucide-react/icons/x'
import { Icon } from './icon.tsx'

const chip =
  'inline-flex min-h-control-console items-center gap-4 rounded-control border px-8 text-14 no-underline touch-target'

/** A tag that leads to everything with it. */
export const TagChip = ({ name, href }: { name: string; href: string }) => (
  <a href={href} className={`${chip} border-hairline text-muted hover:border-control hover:text-ink`}>
    {name}
  </a>
)

/** A filter in force; its link is the same search without it. */
export const RemovableChip = ({ name, href }: { name: string; href: string }) => (
  <a
    href={href}
    className={`${chip} border-control bg-raised text-ink hover:bg-hover`}
    aria-label={`Remove filter: ${name}`}
  >
    {name}
    <Icon of={X} />
  </a>
)
