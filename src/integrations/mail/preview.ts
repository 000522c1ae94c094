import type { Outbox, OutboxMail } from './outbox.ts'
import type { RenderedMail } from './message.ts'
import { mailSamples } from './templates/index.ts'

/** What the /dev/mail pages show. Exists in demo and development only. */
export interface MailPreviewServices {
  /** The last mails, newest first; empty when mails go out by SMTP. */
  list(): Promise<readonly OutboxMail[]>
  find(id: string): Promise<OutboxMail | undefined>
  readonly templates: readonly string[]
  renderSample(template: string): RenderedMail | undefined
}

interface PreviewOptions {
  readonly outbox: Outbox | undefined
  readonly baseUrl: string
}

export function createMailPreview({ outbox, baseUrl }: PreviewOptions): MailPreviewServices {
  return {
    list: async () => (await outbox?.list()) ?? [],
    find: async (id) => outbox?.find(id),
    templates: Object.keys(mailSamples),
    renderSample: (template) => (Object.hasOwn(mailSamples, template) ? mailSamples[template]?.(baseUrl) : undefined),
  }
}
