import Bookmark from 'lucide-react/icons/bookmark'
import BookmarkCheck from 'lucide-react/icons/bookmark-check'
import { Button } from '../../ui/button.tsx'

interface FavouriteButtonProps {
  readonly slug: string
  readonly name: string
  readonly isFavourite: boolean
  /** Path on this site to come back to. Left out: the agent's page. */
  readonly returnTo?: string
}

/** Keeps an agent in mind, or no longer. Whoever is not signed in is asked to, and led back to one press of a button. */
export function FavouriteButton({ slug, name, isFavourite, returnTo }: FavouriteButtonProps) {
  const label = isFavourite ? 'Remove from favourites' : 'Add to favourites'
  return (
    <form method="post" action={`/agents/${slug}/favourite`}>
      <input type="hidden" name="intent" value={isFavourite ? 'remove' : 'add'} />
      {returnTo !== undefined && <input type="hidden" name="returnTo" value={returnTo} />}
      <Button
        kind="secondary"
        size="console"
        icon={isFavourite ? BookmarkCheck : Bookmark}
        aria-label={`${label}: ${name}`}
      >
        {label}
      </Button>
    </form>
  )
}
