import type { Caller } from '../accounts/context.ts'
import { readAgentPermissions } from './agent-permissions.ts'
import type { AskedScope } from './asked-scopes.ts'
import { disconnect, listConnections } from './connections.ts'
import type { Connection } from './connections.ts'
import { answerConsent, readConsentRequest } from './consent.ts'
import type { ConsentAnswer, ConsentContext, ConsentRequest } from './consent.ts'
import { answerDevice, readDeviceRequest } from './device.ts'
import type { DeviceAnswer, DeviceRequest } from './device.ts'
import { describeRefusal } from './describe-refusal.ts'
import type { RefusalDetails } from './describe-refusal.ts'
import { findSignOutReturn } from './sign-out-return.ts'
import type { SignOutReturn } from './sign-out-return.ts'

/** What the pages can do about agents that people sign in to. */
export interface OAuthServices {
  /** `query` is the consent page's own. */
  readConsentRequest(query: string): Promise<ConsentRequest>
  answerConsent(
    caller: Caller,
    decision: { readonly query: string; readonly isAllowed: boolean },
  ): Promise<ConsentAnswer>
  readDeviceRequest(caller: Caller, userCode: string): Promise<DeviceRequest>
  answerDevice(
    userId: string,
    decision: { readonly userCode: string; readonly isAllowed: boolean },
  ): Promise<DeviceAnswer>
  describeRefusal(clientId: string, viewerId: string | undefined): Promise<RefusalDetails | undefined>
  /** Where somebody goes on to whom an agent signed out; `query` is that of /sign-out or /signed-out. */
  findSignOutReturn(query: URLSearchParams): Promise<SignOutReturn | undefined>
  /** What an agent may ask of people, and why. Undefined: nobody can sign in to it, or it has no page. */
  agentPermissions(slug: string): Promise<readonly AskedScope[] | undefined>
  listConnections(userId: string): Promise<readonly Connection[]>
  /** False when the agent was not connected. */
  disconnect(userId: string, clientId: string): Promise<boolean>
}

export function createOAuthServices(context: ConsentContext): OAuthServices {
  const { db } = context
  return {
    readConsentRequest: (query) => readConsentRequest(context, query),
    answerConsent: (caller, decision) => answerConsent(context, { caller, ...decision }),
    readDeviceRequest: (caller, userCode) => readDeviceRequest(context, { caller, userCode }),
    answerDevice: (userId, decision) => answerDevice(db, { userId, ...decision }),
    describeRefusal: (clientId, viewerId) => describeRefusal(db, { clientId, viewerId }),
    findSignOutReturn: (query) => findSignOutReturn(db, query),
    agentPermissions: (slug) => readAgentPermissions(db, slug),
    listConnections: (userId) => listConnections(db, userId),
    disconnect: (userId, clientId) => disconnect(db, { userId, clientId }),
  }
}
