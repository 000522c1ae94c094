import type { Deps } from '#src/deps.ts'
import { findLaunch } from './find-launch.ts'
import type { Launch } from './find-launch.ts'
import { readInsights } from './read-insights.ts'
import type { Insights } from './read-insights.ts'

export interface InsightServices {
  /** Undefined: no such agent is published. */
  read(slug: string): Promise<Insights | undefined>
  findLaunch(slug: string): Promise<Launch>
}

export const createInsightServices = ({ db }: Pick<Deps, 'db'>): InsightServices => ({
  read: (slug) => readInsights(db, slug),
  findLaunch: (slug) => findLaunch(db, slug),
})
