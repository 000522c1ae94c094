import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import type { RenderedMail } from '#src/integrations/mail/index.ts'
import { isMailWanted } from './mail-choices.ts'
import { unsubscribeUrl } from './unsubscribe-links.ts'
import type { OptionalMailKind } from './unsubscribe-links.ts'

export type OptionalMailDeps = Pick<Deps, 'auth' | 'baseUrl' | 'mail'>

export interface OptionalMail {
  readonly kind: OptionalMailKind
  readonly userId: string
  readonly to: string
  readonly template: string
  /** A UUID. A second mail with the same one is dropped. */
  readonly id?: string | undefined
  /** With the address that ends this kind of mail. */
  readonly render: (unsubscribeUrl: string) => RenderedMail
}

/** Queues a mail with the transaction, unless its person said that they don't want its kind. */
export async function sendOptionalMail(tx: Transaction, deps: OptionalMailDeps, mail: OptionalMail): Promise<void> {
  const { kind, userId, to, template, id, render } = mail
  if (!(await isMailWanted(tx, { userId, kind }))) return
  const url = await unsubscribeUrl({ baseUrl: deps.baseUrl, secret: deps.auth.secret }, { userId, kind })
  await deps.mail.enqueue({ ...render(url), to, template }, { tx, ...(id !== undefined && { id }) })
}
