import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { jsonAnswer, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import { addFavourite, favouritesMax, listFavourites, removeFavourite } from './favourites/favourites.ts'
import { install, uninstall } from './installs/installs.ts'
import { readStanding } from './read-standing.ts'
import { joinWaitlist } from './waitlist/join-waitlist.ts'
import { leaveWaitlist } from './waitlist/own-entry.ts'

/** What somebody who is signed in does around an agent: keep it in mind, wait for it, install it. */
export function personRoutes(router: ConsoleRouter, deps: Deps): void {
  router.openapi(favouritesRoute, async (c) =>
    c.json({ items: [...(await listFavourites(deps.db, c.get('person').id))] }, 200),
  )
  router.openapi(addFavouriteRoute, async (c) => {
    await addFavourite(deps, { slug: c.req.valid('param').slug, userId: c.get('person').id })
    return c.body(null, 204)
  })
  router.openapi(removeFavouriteRoute, async (c) => {
    await removeFavourite(deps, { slug: c.req.valid('param').slug, userId: c.get('person').id })
    return c.body(null, 204)
  })
  router.openapi(readWaitlistRoute, async (c) => {
    const { slug } = c.req.valid('param')
    const standing = await readStanding(deps.db, { slug, viewer: c.get('person') })
    if (standing === undefined) throw new AppError('not_found')
    return c.json({ isWaiting: standing.isWaiting }, 200)
  })
  router.openapi(joinWaitlistRoute, async (c) => {
    const viewer = c.get('person')
    if (!viewer.emailVerified) throw new AppError('forbidden', { detail: 'Confirm your address first.' })
    const caller = { headers: c.req.raw.headers, clientAddress: c.get('clientAddress') }
    await joinWaitlist(deps, { slug: c.req.valid('param').slug, email: viewer.email, caller, viewer })
    return c.body(null, 204)
  })
  router.openapi(leaveWaitlistRoute, async (c) => {
    await leaveWaitlist(deps, { slug: c.req.valid('param').slug, viewer: c.get('person') })
    return c.body(null, 204)
  })
  router.openapi(installRoute, async (c) => {
    await install(deps, { slug: c.req.valid('param').slug, userId: c.get('person').id })
    return c.body(null, 204)
  })
  router.openapi(uninstallRoute, async (c) => {
    await uninstall(deps, { slug: c.req.valid('param').slug, userId: c.get('person').id })
    return c.body(null, 204)
  })
}

const favouritesPath = '/favourites'
const favouritePath = '/agents/{slug}/favourite'
const waitlistPath = '/agents/{slug}/waitlist'
const installPath = '/agents/{slug}/install'

const common = { tags: ['Your agents'], security: signedIn }
const params = z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) })
const written = { 204: { description: 'It is so.' }, ...writeProblems }
const limited = { ...written, ...problems(429) }

const favouritesRoute = createRoute({
  ...common,
  method: 'get',
  path: favouritesPath,
  operationId: 'listFavourites',
  summary: 'List your favourites',
  description: `All of them, the latest first; ${favouritesMax} at most.`,
  responses: {
    200: jsonAnswer(
      z
        .object({
          items: z.array(
            z.object({
              slug: z.string(),
              name: z.string(),
              tagline: z.string(),
              isListed: z.boolean().openapi({ description: 'It still has a page.' }),
              since: z.iso.datetime(),
            }),
          ),
        })
        .openapi('FavouriteList'),
      'Yours.',
    ),
    ...readProblems,
  },
})

const addFavouriteRoute = createRoute({
  ...common,
  method: 'put',
  path: favouritePath,
  operationId: 'addFavourite',
  summary: 'Add an agent to your favourites',
  request: { params },
  responses: limited,
})

const removeFavouriteRoute = createRoute({
  ...common,
  method: 'delete',
  path: favouritePath,
  operationId: 'removeFavourite',
  summary: 'Remove an agent from your favourites',
  request: { params },
  responses: written,
})

const readWaitlistRoute = createRoute({
  ...common,
  method: 'get',
  path: waitlistPath,
  operationId: 'getWaitlistEntry',
  summary: 'See whether you wait for an agent',
  request: { params },
  responses: {
    200: jsonAnswer(z.object({ isWaiting: z.boolean() }).openapi('WaitlistEntry'), 'So it is.'),
    ...readProblems,
  },
})

const joinWaitlistRoute = createRoute({
  ...common,
  method: 'put',
  path: waitlistPath,
  operationId: 'joinWaitlist',
  summary: 'Wait for an agent',
  description:
    'One mail comes when it can be used, to your own address, which has to be confirmed (403). 409 when it can be used already.',
  request: { params },
  responses: limited,
})

const leaveWaitlistRoute = createRoute({
  ...common,
  method: 'delete',
  path: waitlistPath,
  operationId: 'leaveWaitlist',
  summary: 'Wait for an agent no longer',
  request: { params },
  responses: written,
})

const installRoute = createRoute({
  ...common,
  method: 'put',
  path: installPath,
  operationId: 'installAgent',
  summary: 'Install an agent',
  description: 'As the first launch or subscription does. 409 for what can’t be used from here.',
  request: { params },
  responses: limited,
})

const uninstallRoute = createRoute({
  ...common,
  method: 'delete',
  path: installPath,
  operationId: 'uninstallAgent',
  summary: 'Uninstall an agent',
  description: 'What it may know of you is ended under Connected agents; a subscription goes on.',
  request: { params },
  responses: limited,
})
