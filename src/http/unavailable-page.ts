// A page that needs nothing: no database, no bundle, no network. It tries again by itself.
const retrySeconds = 3

const html = (title: string, sentence: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="${retrySeconds}">
<title>${title} · Rialto</title>
<style nonce="__NONCE__">
  :root { color-scheme: light dark; --ground: #faf8f4; --ink: #17130e; --muted: #5f574b; --line: #857a6a }
  @media (prefers-color-scheme: dark) { :root { --ground: #11151a; --ink: #efe9df; --muted: #b3aa9c; --line: #827b71 } }
  body { margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center; gap: 16px; padding: 24px;
    background: var(--ground); color: var(--ink); font: 16px/24px system-ui, sans-serif; text-align: center }
  h1 { font: 480 28px/34px Georgia, serif; margin: 0 } p { margin: 0; max-width: 44ch; color: var(--muted) }
  svg { width: 96px; height: 96px; fill: none; stroke: var(--line); stroke-width: 1.5 }
</style>
<svg viewBox="0 0 64 64" aria-hidden="true"><path d="M15 46V29a17 17 0 0 1 34 0v17M21 46V29a11 11 0 0 1 22 0v17M8 50h48M13 54.5h38M18 59h28"/></svg>
<h1>${title}</h1>
<p role="status">${sentence} This page tries again by itself every ${retrySeconds} seconds.</p>
</html>`

const starting = html('Rialto is starting', 'The marketplace opens in a moment.')
const away = html('Back in a moment', 'The marketplace can’t reach its database. Nothing you had saved is lost.')

interface UnavailablePage {
  readonly reason: 'starting' | 'away'
  /** The CSP nonce of this response. */
  readonly nonce: string
}

/** A static 503 (RFC 9110 §15.6.4) with Retry-After that reloads itself. */
export const unavailablePage = ({ reason, nonce }: UnavailablePage): Response =>
  new Response((reason === 'starting' ? starting : away).replace('__NONCE__', nonce), {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': String(retrySeconds),
    },
  })
