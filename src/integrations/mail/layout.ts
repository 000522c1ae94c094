import { accentDark, accentLight, siteName } from './brand.ts'
import { html } from './html.ts'
import type { SafeHtml } from './html.ts'
import { oneLine } from './message.ts'
import type { RenderedMail } from './message.ts'

/** One definition from which both the text and the HTML of a mail are made, so that they always say the same. */
export interface MailDocument {
  readonly subject: string
  /** The line that inboxes show after the subject. */
  readonly preview: string
  readonly heading: string
  readonly greeting?: string | undefined
  readonly blocks: readonly MailBlock[]
  /** Replies go to somebody. */
  readonly isAnswerable?: boolean
  /** Its reader can do without this kind of mail, and ends it there. */
  readonly unsubscribeUrl?: string | undefined
}

export type MailBlock =
  | { readonly kind: 'text'; readonly text: string }
  /** Somebody else's words, line by line as they wrote them. */
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'action'; readonly label: string; readonly url: string }
  | { readonly kind: 'note'; readonly text: string }

export function renderMail(document: MailDocument): RenderedMail {
  const { subject, unsubscribeUrl } = document
  const rendered = { subject: oneLine(subject), text: renderText(document), html: String(renderHtml(document)) }
  return unsubscribeUrl === undefined ? rendered : { ...rendered, unsubscribeUrl: webUrl(unsubscribeUrl) }
}

function renderText({ heading, greeting, blocks, unsubscribeUrl }: MailDocument): string {
  // First strong isolate … pop directional isolate: a name in another script doesn't reorder the comma after it.
  const hello = greeting === undefined ? [] : [`Hello \u2068${greeting}\u2069,`]
  const end = unsubscribeUrl === undefined ? [] : [`Stop these mails:\n${webUrl(unsubscribeUrl)}`]
  return [heading, ...hello, ...blocks.map(blockText), ...end, `-- \n${siteName}`].join('\n\n') + '\n'
}

function blockText(block: MailBlock): string {
  if (block.kind === 'action') return `${block.label}:\n${webUrl(block.url)}`
  return block.kind === 'quote' ? block.text.replaceAll(/^/gm, '> ') : block.text
}

const sans = "Geist,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const serif = "Fraunces,Georgia,'Times New Roman',serif"

// The site's own tokens. Mail programs know no custom properties, and many drop style sheets: light stands in the
// attributes, dark in a sheet that overrides it (no quotes in it: it passes the escaping unchanged).
const light = {
  ground: '#faf8f4',
  raised: '#fff',
  ink: '#17130e',
  muted: '#5f574b',
  hairline: '#ddd5c7',
  accent: accentLight,
  canal: '#1b5e8c',
}
const darkSheet = `@media (prefers-color-scheme:dark){
.ground{background:#11151a!important}.raised{background:#191e25!important;border-color:#2d333c!important}
.ink{color:#efe9df!important}.muted{color:#b3aa9c!important}.mark{color:${accentDark}!important}.link{color:#7db8e8!important}
.rule{border-color:#2d333c!important}.button{background:#efe9df!important;color:#11151a!important}}`

function renderHtml({
  subject,
  preview,
  heading,
  greeting,
  blocks,
  isAnswerable,
  unsubscribeUrl,
}: MailDocument): SafeHtml {
  const hello = greeting === undefined ? [] : [paragraph(html`Hello <bdi>${greeting}</bdi>,`)]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${oneLine(subject)}</title>
        <style>
          :root{color-scheme:light dark}${darkSheet}
        </style>
      </head>
      <body class="ground" style="margin:0;padding:0;background:${light.ground}">
        <div style="display:none;max-height:0;overflow:hidden">${preview}</div>
        <table
          role="presentation"
          class="ground"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          style="background:${light.ground}"
        >
          <tr>
            <td align="center" style="padding:32px 16px">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
                <tr>
                  <td class="mark" style="padding:0 0 16px;font:600 22px/28px ${serif};color:${light.accent}">
                    ${siteName}
                  </td>
                </tr>
                <tr>
                  <td
                    class="raised"
                    style="padding:32px 24px;background:${light.raised};border:1px solid ${light.hairline};border-radius:8px"
                  >
                    <h1
                      class="ink"
                      style="margin:0 0 16px;font:480 28px/34px ${serif};letter-spacing:-.015em;color:${light.ink}"
                    >
                      ${heading}
                    </h1>
                    ${hello}${blocks.map(blockHtml)}
                  </td>
                </tr>
                <tr>
                  <td class="muted" style="padding:16px 0 0;font:400 14px/20px ${sans};color:${light.muted}">
                    Sent by ${siteName} because of something done with this address.
                    ${isAnswerable === true ? 'A reply goes to whoever wrote.' : 'Nobody reads replies to it.'}
                    ${
                      unsubscribeUrl === undefined
                        ? ''
                        : html`<a class="link" href="${webUrl(unsubscribeUrl)}" style="color:${light.canal}"
                            >Stop these mails</a
                          >`
                    }
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `
}

function blockHtml(block: MailBlock): SafeHtml {
  switch (block.kind) {
    case 'text':
      return paragraph(html`${block.text}`)
    case 'quote':
      return html`<p
        class="ink rule"
        style="margin:0 0 16px;padding:0 0 0 16px;border-left:2px solid ${light.hairline};font:400 16px/24px ${sans};color:${light.ink};white-space:pre-line;overflow-wrap:anywhere"
      >
        ${block.text}
      </p> `
    case 'note':
      return html`<p
        class="muted rule"
        style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid ${light.hairline};font:400 14px/20px ${sans};color:${light.muted};overflow-wrap:anywhere"
      >
        ${block.text}
      </p> `
    case 'action': {
      const url = webUrl(block.url)
      return html`<p style="margin:24px 0">
          <a
            class="button"
            href="${url}"
            style="display:inline-block;padding:12px 24px;background:${light.ink};border-radius:4px;font:500 16px/24px ${sans};color:${light.raised};text-align:center;text-decoration:none"
            >${block.label}</a
          >
        </p>
        <p class="muted" style="margin:0 0 16px;font:400 14px/20px ${sans};color:${light.muted};overflow-wrap:anywhere">
          If the button does nothing, open this address:<br /><a class="link" href="${url}" style="color:${light.canal}"
            >${url}</a
          >
        </p> `
    }
  }
}

const paragraph = (content: SafeHtml): SafeHtml =>
  html`<p class="ink" style="margin:0 0 16px;font:400 16px/24px ${sans};color:${light.ink};overflow-wrap:anywhere">
    ${content}
  </p> `

/** A mail's links are always Rialto's own; anything else here is a mistake in a template. */
function webUrl(url: string): string {
  const { protocol, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`A mail can't link to ${protocol}`)
  return href
}
