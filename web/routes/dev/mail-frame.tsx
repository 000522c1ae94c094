import { useNonce } from '../../nonce.ts'

/**
 * A mail as a mail program shows it: no scripts, no way to the page around it, links in a tab of their own. The frame
 * inherits the page's policy, which allows styles only in a sheet with the page's nonce: so the attributes become one.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const nonce = useNonce() ?? ''
  return (
    <iframe
      title={title}
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      srcDoc={withStyleSheet(html, nonce)}
      className="h-dvh w-full rounded-card border border-hairline"
    />
  )
}

/** Works on Rialto's own templates, whose attributes are always double-quoted. */
export function withStyleSheet(html: string, nonce: string): string {
  const rules: string[] = []
  const body = html
    .replace(/<style>/g, `<style nonce="${nonce}">`)
    .replace(/ style="([^"]*)"/g, (_attribute, declarations: string) => {
      rules.push(`[data-style="${rules.length}"]{${unescape(declarations)}}`)
      return ` data-style="${rules.length - 1}"`
    })
  // First in the head, so that the mail's own sheet for dark screens overrides it as it does the attributes.
  return body.replace('<head>', `<head><base target="_blank"><style nonce="${nonce}">${rules.join('\n')}</style>`)
}

const unescape = (text: string): string => text.replaceAll('&#39;', "'").replaceAll('&quot;', '"')
