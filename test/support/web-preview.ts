// Serves the built pages from the fixture, without a database: `node test/support/web-preview.ts [port]`.
// `?state=empty|broken` in a cookie named `preview_state`, and `preview_viewer=1`, choose what the pages see.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { createRequestHandler, RouterContextProvider, type RouterContext, type ServerBuild } from 'react-router'
import type { PageRequest, WebContext } from '#src/web/context.ts'
import { createWebFixture } from './web-fixture.ts'

const port = Number(process.argv[2] ?? 47_300)
const baseUrl = `http://127.0.0.1:${port}`
const dist = new URL('../../dist/web/', import.meta.url).pathname
const build = (await import(join(dist, 'server/index.js'))) as ServerBuild
const { webContext } = build.entry.module as unknown as { webContext: RouterContext<WebContext> }
const handler = createRequestHandler(build, 'production')
const types: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/assets/') && !pathname.includes('..')) {
    const type = types[extname(pathname)] ?? 'application/octet-stream'
    return new Response(await readFile(join(dist, 'client', pathname)), { headers: { 'content-type': type } })
  }
  const cookie = (name: string) => new RegExp(`${name}=(\\w+)`).exec(request.headers.get('cookie') ?? '')?.[1]
  const provider = new RouterContextProvider()
  provider.set(
    webContext,
    createWebFixture({
      baseUrl,
      state: cookie('preview_state') as 'empty' | 'broken' | undefined,
      viewer: cookie('preview_viewer') === undefined ? undefined : viewer,
      request: {
        id: 'preview-0000',
        nonce: 'preview',
        clientAddress: '127.0.0.1',
        theme: (cookie('rialto_theme') ?? 'system') as PageRequest['theme'],
        reportError: (error) => console.error(error),
      },
    }),
  )
  const response = await handler(request, provider)
  response.headers.set(
    'content-security-policy',
    "default-src 'none'; script-src 'nonce-preview'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'",
  )
  return response
}

const viewer = { id: 'p', name: 'Ada Lovelace', email: 'ada@example.com', emailVerified: true, isOperator: false }
createServer(getRequestListener(answer)).listen(port, '127.0.0.1', () => console.log(baseUrl))
