import type { LucideIcon } from 'lucide-react'
import BookOpen from 'lucide-react/icons/book-open'
import Bot from 'lucide-react/icons/bot'
import Brain from 'lucide-react/icons/brain'
import CalendarClock from 'lucide-react/icons/calendar-clock'
import ChartLine from 'lucide-react/icons/chart-line'
import Code from 'lucide-react/icons/code'
import Container from 'lucide-react/icons/container'
import Database from 'lucide-react/icons/database'
import FileText from 'lucide-react/icons/file-text'
import GitBranch from 'lucide-react/icons/git-branch'
import Globe from 'lucide-react/icons/globe'
import Image from 'lucide-react/icons/image'
import KeyRound from 'lucide-react/icons/key-round'
import Layers from 'lucide-react/icons/layers'
import ListChecks from 'lucide-react/icons/list-checks'
import Map from 'lucide-react/icons/map'
import MessageSquare from 'lucide-react/icons/message-square'
import Mic from 'lucide-react/icons/mic'
import MousePointerClick from 'lucide-react/icons/mouse-pointer-click'
import Plug from 'lucide-react/icons/plug'
import Puzzle from 'lucide-react/icons/puzzle'
import Route from 'lucide-react/icons/route'
import Search from 'lucide-react/icons/search'
import Server from 'lucide-react/icons/server'
import ShieldCheck from 'lucide-react/icons/shield-check'
import Terminal from 'lucide-react/icons/terminal'
import Users from 'lucide-react/icons/users'
import Workflow from 'lucide-react/icons/workflow'
import { Icon } from './icon.tsx'

// Icons that data may name. A closed list, because "any Lucide icon" would bundle all of them.
const icons: Readonly<Record<string, LucideIcon>> = {
  'book-open': BookOpen,
  bot: Bot,
  brain: Brain,
  'calendar-clock': CalendarClock,
  'chart-line': ChartLine,
  code: Code,
  container: Container,
  database: Database,
  'file-text': FileText,
  'git-branch': GitBranch,
  globe: Globe,
  image: Image,
  'key-round': KeyRound,
  layers: Layers,
  'list-checks': ListChecks,
  map: Map,
  'message-square': MessageSquare,
  mic: Mic,
  'mouse-pointer-click': MousePointerClick,
  plug: Plug,
  puzzle: Puzzle,
  route: Route,
  search: Search,
  server: Server,
  'shield-check': ShieldCheck,
  terminal: Terminal,
  users: Users,
  workflow: Workflow,
}

/** The icon a capability names, or a small arch for none, or a name that is not on the list. */
export function CatalogIcon({ name }: { name: string | null }) {
  const known = name !== null && Object.hasOwn(icons, name) ? icons[name] : undefined
  if (known !== undefined) return <Icon of={known} size={20} />
  return (
    <svg viewBox="0 0 20 20" className="size-icon-l shrink-0 line-art" aria-hidden="true">
      <path d="M4 17V9a6 6 0 0 1 12 0v8M2 17h16" />
    </svg>
  )
}
