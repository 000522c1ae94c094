// Pages that need nothing: no database, no bundle, no network. Those that say "later" try again by themselves.
const retrySeconds = 3

interface Words {
  readonly status: number
  readonly title: string
  readonly sentence: string
  /** The page loads itself again. */
  readonly retries?: boolean
}

const words = {
  starting: { status: 503, title: 'The market is opening', sentence: 'It is there in a moment.', retries: true },
  away: {
    status: 503,
    title: 'Back in a moment',
    sentence: 'The marketplace can’t reach its database. Nothing you had saved is lost.',
    retries: true,
  },
  forbidden: {
    status: 403,
    title: 'This form came from somewhere else',
    sentence: 'Nothing was changed. Open the page again from this site and send it from there.',
  },
  payload_too_large: {
    status: 413,
    title: 'That was too much at once',
    sentence: 'Nothing was stored. Go back, shorten it and send it again.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This page takes forms only',
    sentence: 'Nothing was changed. Open the page and send its form.',
  },
  timeout: { status: 504, title: 'This took too long', sentence: 'Nothing was lost. Please try again in a moment.' },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    sentence: 'It is in our log, under the number below. Please try again in a moment.',
  },
} as const satisfies Record<string, Words>

export type StaticPageReason = keyof typeof words

interface StaticPage {
  readonly reason: StaticPageReason
  /** The CSP nonce of this response. */
  readonly nonce: string
  readonly requestId?: string
}

/** An HTML answer made of nothing but itself; with Retry-After where trying again makes sense (RFC 9110 §10.2.3). */
export function staticPage({ reason, nonce, requestId }: StaticPage): Response {
  const page: Words = words[reason]
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  if (page.retries === true) headers.set('retry-after', String(retrySeconds))
  if (reason === 'payload_too_large') headers.set('connection', 'close')
  return new Response(html(page, { nonce, requestId }), { status: page.status, headers })
}

const html = (
  { title, sentence, retries }: Words,
  { nonce, requestId }: { nonce: string; requestId?: string | undefined },
) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${retries === true ? `<meta http-equiv="refresh" content="${retrySeconds}">` : ''}
<title>${title}</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; --ground: #faf8f4; --ink: #17130e; --muted: #5f574b; --line: #857a6a }
  @media (prefers-color-scheme: dark) { :root { --ground: #11151a; --ink: #efe9df; --muted: #b3aa9c; --line: #827b71 } }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center; gap: 16px; padding: 24px;
    background: var(--ground); color: var(--ink); font: 16px/24px system-ui, sans-serif; text-align: center }
  h1 { font: 480 28px/34px Georgia, serif; margin: 0 } p { margin: 0; max-width: 44ch; color: var(--muted) }
  a { color: inherit } small { color: var(--muted) }
  svg { width: 96px; height: 96px; fill: none; stroke: var(--line); stroke-width: 1.5 }
</style>
<svg viewBox="0 0 64 64" aria-hidden="true"><path d="M15 46V29a17 17 0 0 1 34 0v17M21 46V29a11 11 0 0 1 22 0v17M8 50h48M13 54.5h38M18 59h28"/></svg>
<h1>${title}</h1>
<p role="status">${sentence}${retries === true ? ` This page tries again by itself every ${retrySeconds} seconds.` : ''}</p>
${retries === true ? '' : '<p><a href="/">Home</a></p>'}
${requestId === undefined ? '' : `<small>${requestId}</small>`}
</html>`
