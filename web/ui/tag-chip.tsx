import X from 'lucide-react/icons/x'
import { Icon } from './icon.tsx'

const chip =
  'inline-flex min-h-control-console items-center gap-4 rounded-control border border-hairline px-8 text-14 text-muted no-underline touch-target hover:border-control hover:text-ink'

/** A tag that leads to everything with it. */
export const TagChip = ({ name, href }: { name: string; href: string }) => (
  <a href={href} className={chip}>
    {name}
  </a>
)

/** A filter in force; its link is the same search without it. */
export const RemovableChip = ({ name, href }: { name: string; href: string }) => (
  <a href={href} className={`${chip} bg-raised border-control text-ink`} aria-label={`Remove filter: ${name}`}>
    {name}
    <Icon of={X} />
  </a>
)
