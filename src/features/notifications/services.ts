import { eq } from 'drizzle-orm'
import { user } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { listNotices } from './list-notices.ts'
import type { ShownNotice } from './list-notices.ts'
import { chooseMail, readMailChoices } from './mail-choices.ts'
import type { MailChoices } from './mail-choices.ts'
import { chooseNoticeThresholds, readNoticeThresholds } from './notice-thresholds.ts'
import type { NoticeThresholds } from './notice-thresholds.ts'
import { readUnsubscribeLink } from './unsubscribe-links.ts'
import type { OptionalMailKind, UnsubscribeSubject } from './unsubscribe-links.ts'

interface Thresholds {
  readonly subscriptionId: string
  readonly userId: string
  readonly typed: string
}

/** What the account's pages read and set about being told, and what the link in a mail does. */
export interface NotificationServices {
  list(userId: string): Promise<readonly ShownNotice[]>
  mailChoices(userId: string): Promise<MailChoices>
  chooseMail(choice: UnsubscribeSubject & { readonly isWanted: boolean }): Promise<boolean>
  thresholds(userId: string): Promise<readonly NoticeThresholds[]>
  chooseThresholds(choice: Thresholds): Promise<'saved' | 'wrong' | 'not_found'>
  /** Undefined: the link is cut off, not ours, or its person has gone. */
  readLink(token: string): Promise<{ readonly kind: OptionalMailKind; readonly isWanted: boolean } | undefined>
  /** As readLink, after the choice. */
  chooseByLink(choice: {
    readonly token: string
    readonly isWanted: boolean
  }): Promise<{ readonly kind: OptionalMailKind; readonly isWanted: boolean } | undefined>
}

export function createNotificationServices({ db, auth }: Pick<Deps, 'db' | 'auth'>): NotificationServices {
  return {
    list: (userId) => listNotices(db, userId),
    mailChoices: (userId) => readMailChoices(db, userId),
    chooseMail: (choice) => chooseMail(db, choice),
    thresholds: (userId) => readNoticeThresholds(db, userId),
    chooseThresholds: (choice) => chooseNoticeThresholds(db, choice),
    async readLink(token) {
      const subject = await readUnsubscribeLink(auth.secret, token)
      if (subject === undefined || (await db.$count(user, eq(user.id, subject.userId))) === 0) return undefined
      const choices = await readMailChoices(db, subject.userId)
      return { kind: subject.kind, isWanted: choices[subject.kind] }
    },
    async chooseByLink({ token, isWanted }) {
      const subject = await readUnsubscribeLink(auth.secret, token)
      if (subject === undefined || !(await chooseMail(db, { ...subject, isWanted }))) return undefined
      return { kind: subject.kind, isWanted }
    },
  }
}
