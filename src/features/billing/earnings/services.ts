import type { Deps } from '#src/deps.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { getOwnEarner } from './organization.ts'
import { readEarningsPage } from './read-earnings-page.ts'
import type { EarningsPage } from './read-earnings-page.ts'
import { cursorSchema, monthSchema } from './schema.ts'

export interface OwnEarnings extends EarningsPage {
  readonly organizationName: string
  /** The marketplace's share of what is sold from now on. */
  readonly feeBp: number
}

export interface EarningsServices {
  /** Months and places that can't be are taken for none. `hidden`: there is no such organization, or not for this person. */
  read(which: WhichEarnings): Promise<OwnEarnings | 'hidden' | 'forbidden'>
}

interface WhichEarnings {
  readonly viewer: AccountViewer
  readonly org: string
  readonly month: string | null
  readonly cursor: string | null
}

export const createEarningsServices = ({ db }: Pick<Deps, 'db'>): EarningsServices => ({
  read: async ({ viewer, org, month, cursor }) => {
    try {
      const { id, slug, name, feeBp } = await getOwnEarner(db, { viewer, slug: org })
      const page = await readEarningsPage(db, {
        id,
        name: slug,
        month: monthSchema.safeParse(month).data,
        cursor: cursorSchema.safeParse(cursor).data,
      })
      return { ...page, organizationName: name, feeBp }
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return 'hidden'
      if (error instanceof AppError && error.code === 'forbidden') return 'forbidden'
      throw error
    }
  },
})
