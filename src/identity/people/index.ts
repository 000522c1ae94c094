import type { Caller } from '../accounts/context.ts'
import { changeName } from './change-name.ts'
import type { ChangeNameResult } from './change-name.ts'
import { changePassword } from './change-password.ts'
import type { ChangePasswordForm, ChangePasswordResult } from './change-password.ts'
import { deleteAccount } from './deletion/delete-account.ts'
import type { DeleteAccountForm, DeleteAccountResult, DeletionContext } from './deletion/delete-account.ts'
import { readDeletionPreflight } from './deletion/read-preflight.ts'
import type { DeletionPreflight } from './deletion/read-preflight.ts'
import { cancelEmailChange } from './email/cancel-change.ts'
import { confirmEmailChange, readEmailChange } from './email/confirm-change.ts'
import type { ConfirmEmailChangeResult, EmailChangeLinkResult } from './email/confirm-change.ts'
import { requestEmailChange } from './email/request-change.ts'
import type { RequestEmailChangeResult } from './email/request-change.ts'
import { exportData } from './export/export-data.ts'
import type { ExportResult } from './export/export-data.ts'
import { addPasskey, beginPasskey, listPasskeys, removePasskey, renamePasskey } from './passkeys/manage.ts'
import type { AddPasskeyResult, BeginPasskeyResult, OwnPasskey } from './passkeys/manage.ts'
import { readProfile } from './profile.ts'
import type { Profile } from './profile.ts'
import { endOtherSessions, endSession } from './sessions/end-sessions.ts'
import { listSessions } from './sessions/list-sessions.ts'
import type { OwnSession } from './sessions/list-sessions.ts'
import {
  beginTwoFactor,
  confirmTwoFactor,
  countRecoveryCodes,
  endTwoFactor,
  renewRecoveryCodes,
} from './two-factor/set-up.ts'
import type {
  BeginTwoFactorResult,
  ConfirmTwoFactorResult,
  EndTwoFactorResult,
  RecoveryCodesResult,
} from './two-factor/set-up.ts'

/**
 * What people do with their own account once they are signed in. Expected outcomes are results; without a living session
 * every verb but those of a link throws `unauthenticated`.
 */
export interface PeopleServices {
  profile(caller: Caller): Promise<Profile>
  changeName(caller: Caller, name: string): Promise<ChangeNameResult>
  changePassword(caller: Caller, form: ChangePasswordForm): Promise<ChangePasswordResult>
  requestEmailChange(
    caller: Caller,
    change: { readonly email: string; readonly password: string },
  ): Promise<RequestEmailChangeResult>
  cancelEmailChange(caller: Caller): Promise<void>
  readEmailChange(caller: Caller, token: string): Promise<EmailChangeLinkResult>
  confirmEmailChange(caller: Caller, token: string): Promise<ConfirmEmailChangeResult>
  beginTwoFactor(caller: Caller, password: string): Promise<BeginTwoFactorResult>
  confirmTwoFactor(caller: Caller, code: string): Promise<ConfirmTwoFactorResult>
  endTwoFactor(caller: Caller, password: string): Promise<EndTwoFactorResult>
  renewRecoveryCodes(caller: Caller, password: string): Promise<RecoveryCodesResult>
  /** Undefined without a second step. */
  countRecoveryCodes(caller: Caller): Promise<number | undefined>
  passkeys(caller: Caller): Promise<readonly OwnPasskey[]>
  beginPasskey(caller: Caller, password: string): Promise<BeginPasskeyResult>
  addPasskey(caller: Caller, made: { readonly name: string; readonly credential: string }): Promise<AddPasskeyResult>
  renamePasskey(caller: Caller, change: { readonly passkeyId: string; readonly name: string }): Promise<void>
  removePasskey(caller: Caller, passkeyId: string): Promise<void>
  exportData(caller: Caller, password: string): Promise<ExportResult>
  deletionPreflight(caller: Caller): Promise<DeletionPreflight>
  deleteAccount(caller: Caller, form: DeleteAccountForm): Promise<DeleteAccountResult>
  sessions(caller: Caller): Promise<readonly OwnSession[]>
  endSession(caller: Caller, sessionId: string): Promise<void>
  /** Returns how many there were. */
  endOtherSessions(caller: Caller): Promise<number>
}

export function createPeopleServices(context: DeletionContext): PeopleServices {
  return {
    profile: (caller) => readProfile(context, caller),
    changeName: (caller, name) => changeName(context, { caller, name }),
    changePassword: (caller, form) => changePassword(context, { caller, form }),
    requestEmailChange: (caller, change) => requestEmailChange(context, { caller, ...change }),
    cancelEmailChange: (caller) => cancelEmailChange(context, caller),
    readEmailChange: (caller, token) => readEmailChange(context, { caller, token }),
    confirmEmailChange: (caller, token) => confirmEmailChange(context, { caller, token }),
    beginTwoFactor: (caller, password) => beginTwoFactor(context, { caller, password }),
    confirmTwoFactor: (caller, code) => confirmTwoFactor(context, { caller, code }),
    endTwoFactor: (caller, password) => endTwoFactor(context, { caller, password }),
    renewRecoveryCodes: (caller, password) => renewRecoveryCodes(context, { caller, password }),
    countRecoveryCodes: (caller) => countRecoveryCodes(context, caller),
    passkeys: (caller) => listPasskeys(context, caller),
    beginPasskey: (caller, password) => beginPasskey(context, { caller, password }),
    addPasskey: (caller, made) => addPasskey(context, { caller, ...made }),
    renamePasskey: (caller, change) => renamePasskey(context, { caller, ...change }),
    removePasskey: (caller, passkeyId) => removePasskey(context, { caller, passkeyId }),
    exportData: (caller, password) => exportData(context, { caller, password }),
    deletionPreflight: (caller) => readDeletionPreflight(context, caller),
    deleteAccount: (caller, form) => deleteAccount(context, { caller, form }),
    sessions: (caller) => listSessions(context, caller),
    endSession: (caller, sessionId) => endSession(context, { caller, sessionId }),
    endOtherSessions: (caller) => endOtherSessions(context, caller),
  }
}
