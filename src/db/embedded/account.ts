// As whom PostgreSQL runs. It refuses to run as root, so root hands it to an unprivileged id without creating any user.
import { existsSync } from 'node:fs'
import { geteuid, platform } from 'node:process'

/** `nobody` on Linux: owns nothing else, and exists wherever there is a user database. */
const nobodyId = 65_534

export type Account = { kind: 'own' } | { kind: 'nobody'; uid: number; gid: number }

export const currentAccount = (): Account =>
  geteuid?.() === 0 ? { kind: 'nobody', uid: nobodyId, gid: nobodyId } : { kind: 'own' }

/** Options for spawning a PostgreSQL program whose working folder is `folder`, and the name by which it finds that folder. */
export function runIn(folder: string, account: Account) {
  return {
    dataArgument: dataArgument(folder, account),
    options: {
      cwd: folder,
      // Nothing of Rialto's environment: it may hold secrets, and LC_ALL=C keeps the log in the language explain.ts reads.
      env: { LC_ALL: 'C', TZ: 'UTC' },
      windowsHide: true,
      ...(account.kind === 'nobody' ? { uid: account.uid, gid: account.gid } : {}),
    },
  }
}

/**
 * A checkout under root's home can't be entered by `nobody`. The child enters its working folder while it is still root,
 * and Linux resolves this link to that very folder without walking the path again.
 */
function dataArgument(folder: string, account: Account): string {
  const link = '/proc/self/cwd'
  return account.kind === 'nobody' && platform === 'linux' && existsSync(link) ? link : folder
}

/** Who has to own the cluster. Undefined where files have no such owner (Windows). */
export const ownerOf = (account: Account): number | undefined => (account.kind === 'nobody' ? account.uid : geteuid?.())
