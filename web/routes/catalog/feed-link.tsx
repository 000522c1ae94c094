import Rss from 'lucide-react/icons/rss'
import { Icon } from '../../ui/icon.tsx'

export const FeedLink = ({ href }: { href: string }) => (
  <a href={href} type="application/atom+xml" className="inline-flex items-center gap-8 text-14 touch-target">
    <Icon of={Rss} />
    Follow by Atom feed
  </a>
)
