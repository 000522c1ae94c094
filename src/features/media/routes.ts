import { eq } from 'drizzle-orm'
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import type { Database } from '#src/db/client.ts'
import { media } from '#src/db/schema/index.ts'
import type { AppEnv } from '#src/http/api.ts'

/** `/media/{hash}`: a picture under its content's address, so it may be kept for ever. Anything else is left to the pages. */
export function mediaRoutes({ db }: { readonly db: Database }): Hono<AppEnv> {
  const routes = new Hono<AppEnv>()
  routes.get('/media/:hash{[0-9a-f]{64}}', etag(), async (c, next) => {
    const hash = c.req.param('hash')
    const [picture] = await db
      .select({ bytes: media.bytes, mimeType: media.mimeType })
      .from(media)
      .where(eq(media.contentHash, hash))
    if (picture === undefined) return next()
    return c.body(new Uint8Array(picture.bytes), 200, {
      'content-type': picture.mimeType,
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${hash}"`,
    })
  })
  return routes
}
