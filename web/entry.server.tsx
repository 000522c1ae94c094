import { renderToPipeableStream } from 'react-dom/server'
import { ServerRouter } from 'react-router'
import type { EntryContext, HandleErrorFunction, RouterContextProvider } from 'react-router'
import { webContext } from './context.ts'
import { InlineProvider } from './nonce.ts'
import { PageBody } from './page-body.server.ts'

// React Router matches context keys by identity: the server sets its value with this very object.
export { webContext }

/** How long loaders may stream, in milliseconds; React Router reads this name. */
export const streamTimeout = 8_000
/** Rendering is given up a second later, so that rejected boundaries still reach the page. */
const renderTimeoutMs = streamTimeout + 1_000

export default function handleDocument(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  context: RouterContextProvider,
): Promise<Response> {
  const { nonce, allowStyle, reportError } = context.get(webContext).request
  headers.set('content-type', 'text/html; charset=utf-8')
  // Numbers are written as the visitor's language does.
  headers.append('vary', 'Accept-Language')
  if (request.method === 'HEAD') return Promise.resolve(new Response(null, { status, headers }))

  const nonced = nonce === undefined ? {} : { nonce }
  return new Promise((resolve, reject) => {
    const { pipe, abort } = renderToPipeableStream(
      <InlineProvider value={{ nonce, allowStyle }}>
        <ServerRouter context={routerContext} url={request.url} {...nonced} />
      </InlineProvider>,
      {
        ...nonced,
        // Without a nonce no script can put late parts in their place, so all of it is waited for.
        [nonce === undefined ? 'onAllReady' : 'onShellReady']() {
          const body = new PageBody()
          body.once('close', () => clearTimeout(timer))
          resolve(new Response(body.stream, { status, headers }))
          pipe(body)
        },
        onError(error) {
          if (!request.signal.aborted) reportError(error)
        },
        onShellError(error) {
          clearTimeout(timer)
          reject(error instanceof Error ? error : new Error('The page could not be rendered.', { cause: error }))
        },
      },
    )
    const timer = setTimeout(() => abort(new Error('The page took too long to render.')), renderTimeoutMs)
    timer.unref()
  })
}

/** Hands a failed page to the server's log; a visitor who left is no failure. */
export function handleError(error: unknown, { request, context }: Parameters<HandleErrorFunction>[1]): void {
  if (!request.signal.aborted) context.get(webContext).request.reportError(error)
}
