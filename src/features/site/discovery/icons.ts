import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { media } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { iconSizes, iconUrl } from '../shown-site.ts'

export interface Icons {
  /** A square PNG by its path; undefined: it is none of the present mark. */
  find(path: string): Promise<Buffer | undefined>
}

/** Around the mark, so that the corners a home screen cuts off hold nothing. */
const marginShare = 0.1
const ground = '#faf8f4'

/** Draws the mark as it is asked for, once for each size: only the present one, so there are never more than a handful. */
export function createIcons(deps: Pick<Deps, 'db' | 'site' | 'config'>): Icons {
  const drawn = new Map<string, Promise<Buffer>>()
  return {
    find: async (path) => {
      const { mark } = await deps.site.read()
      const size = iconSizes.find((candidate) => iconUrl({ mark, size: candidate }) === path)
      if (size === undefined) return undefined
      const known = drawn.get(path)
      if (known !== undefined) return known
      if (drawn.size >= iconSizes.length) drawn.clear()
      const icon = draw(await sourceOf(deps, mark?.hash), size)
      drawn.set(path, icon)
      icon.catch(() => drawn.delete(path))
      return icon
    },
  }
}

async function sourceOf({ db, config }: Pick<Deps, 'db' | 'config'>, hash: string | undefined): Promise<Buffer> {
  if (hash === undefined) return readFile(join(config.rootDir, 'web', 'assets', 'favicon.svg'))
  const [row] = await db.select({ bytes: media.bytes }).from(media).where(eq(media.contentHash, hash))
  if (row === undefined) throw new Error('The mark has no picture')
  return row.bytes
}

async function draw(source: Buffer, size: number): Promise<Buffer> {
  const margin = Math.round(size * marginShare)
  // The density is for drawings only, which would else be drawn small and then blown up.
  return sharp(source, { density: 1_152 })
    .resize({ width: size - 2 * margin, height: size - 2 * margin, fit: 'contain', background: ground })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: ground })
    .flatten({ background: ground })
    .png()
    .toBuffer()
}
