import BookMarked from 'lucide-react/icons/book-marked'
import { Badge } from '../../ui/badge.tsx'

export const UnclaimedBadge = () => <Badge icon={BookMarked}>Unclaimed</Badge>
