import { html } from './html.ts'
import type { RenderedMail } from './message.ts'

/** What a mail's marketplace is called and looks like. */
export interface MailBrand {
  readonly name: string
  /** `#rrggbb`. */
  readonly accent: { readonly light: string; readonly dark: string }
}

export const ownBrand: MailBrand = { name: 'Rialto', accent: { light: '#a8321f', dark: '#f08a74' } }

/**
 * Stand in a queued mail for its marketplace's name and colours, which are put in when it is sent: whoever causes a mail need not
 * know them, and one that waited goes out under the name of the day. Private-use characters, which nothing else here means.
 */
export const siteName = '\uE000'
export const accentLight = '\uE001'
export const accentDark = '\uE002'

export function withBrand<T extends RenderedMail>(mail: T, { name, accent }: MailBrand): T {
  const inHtml = String(html`${name}`)
  return {
    ...mail,
    subject: mail.subject.replaceAll(siteName, () => name),
    text: mail.text.replaceAll(siteName, () => name),
    html: mail.html
      .replaceAll(siteName, () => inHtml)
      .replaceAll(accentLight, accent.light)
      .replaceAll(accentDark, accent.dark),
  }
}
