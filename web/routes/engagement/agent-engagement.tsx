import { FavouriteButton } from './favourite-button.tsx'
import { InstallButton } from './install-button.tsx'
import { WaitlistForm } from './waitlist-form.tsx'

interface AgentEngagementProps {
  readonly slug: string
  readonly name: string
  readonly standing: {
    readonly comingSoon: boolean
    readonly isFavourite: boolean
    readonly isInstalled: boolean
    readonly canInstall: boolean
    readonly isWaiting: boolean
  }
  /** Undefined: nobody is signed in. */
  readonly email: string | undefined
}

/** What somebody does with an agent besides taking a tier: wait for it, keep it in mind, install it. */
export const AgentEngagement = ({ slug, name, standing, email }: AgentEngagementProps) => (
  <>
    {standing.comingSoon && (
      <>
        <p className="font-medium">Coming soon</p>
        <WaitlistForm slug={slug} email={email ?? ''} isWaiting={standing.isWaiting} />
      </>
    )}
    <div className="flex flex-wrap gap-8">
      <FavouriteButton slug={slug} name={name} isFavourite={standing.isFavourite} />
      {standing.canInstall && <InstallButton slug={slug} name={name} isInstalled={standing.isInstalled} />}
    </div>
  </>
)
