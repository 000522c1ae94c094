import { Button } from '../../ui/button.tsx'

interface InstallButtonProps {
  readonly slug: string
  readonly name: string
  readonly isInstalled: boolean
}

/** Installs an agent, or no longer. Whoever is not signed in is asked to, and led back. */
export const InstallButton = ({ slug, name, isInstalled }: InstallButtonProps) => (
  <form method="post" action={`/agents/${slug}/${isInstalled ? 'uninstall' : 'install'}`}>
    <Button kind="secondary" size="console" aria-label={`${isInstalled ? 'Uninstall' : 'Install'} ${name}`}>
      {isInstalled ? 'Uninstall' : 'Install'}
    </Button>
  </form>
)
