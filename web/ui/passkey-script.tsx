import passkeysUrl from '../assets/passkeys.js?url&no-inline'
import { useNonce } from '../nonce.ts'

/** The one script that passkeys need; pages without them ship none. */
export const PasskeyScript = () => <script type="module" src={passkeysUrl} nonce={useNonce()} />
