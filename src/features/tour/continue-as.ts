import type { Deps } from '#src/deps.ts'
import { signInAsDemoPerson } from '#src/identity/index.ts'
import type { Caller, DemoPart } from '#src/identity/index.ts'
import { isLoopbackAddress } from '#src/http/client-address.ts'
import { AppError } from '#src/lib/errors.ts'

/** Headers that a proxy or a tunnel adds: through one, somebody elsewhere looks as if they sat at this machine. */
const passedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'cf-connecting-ip']

interface ContinueAs {
  readonly caller: Caller
  readonly part: DemoPart
}

/** Signs in as a demo person without a password typed. Throws `forbidden` for anybody but a browser on this machine. */
export async function continueAs({ auth, config }: Pick<Deps, 'auth' | 'config'>, { caller, part }: ContinueAs) {
  const isHere = isLoopbackAddress(caller.clientAddress) && !passedOn.some((name) => caller.headers.has(name))
  if (config.mode !== 'demo' || !isHere) throw new AppError('forbidden')
  return signInAsDemoPerson({ auth, dataDir: config.dataDir }, { caller, part })
}
