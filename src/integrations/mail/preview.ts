import type { Outbox, OutboxMail } from './outbox.ts'
import { withBrand } from './brand.ts'
import type { MailBrand } from './brand.ts'
import type { RenderedMail } from './message.ts'
import { mailSamples } from './templates/index.ts'

/** What the /dev/mail pages show. Exists in demo and development only. */
export interface MailPreviewServices {
  /** The last mails, newest first; empty when mails go out by SMTP. */
  list(): Promise<readonly OutboxMail[]>
  find(id: string): Promise<OutboxMail | undefined>
  readonly templates: readonly string[]
  renderSample(template: string): Promise<RenderedMail | undefined>
}

interface PreviewOptions {
  readonly outbox: Outbox | undefined
  readonly baseUrl: string
  readonly brand: () => Promise<MailBrand>
}

export function createMailPreview({ outbox, baseUrl, brand }: PreviewOptions): MailPreviewServices {
  return {
    list: async () => (await outbox?.list()) ?? [],
    find: async (id) => outbox?.find(id),
    templates: Object.keys(mailSamples),
    renderSample: async (template) => {
      const mail = Object.hasOwn(mailSamples, template) ? mailSamples[template]?.(baseUrl) : undefined
      return mail && withBrand(mail, await brand())
    },
  }
}
