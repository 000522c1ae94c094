// What an operator types to correct an entry: the facts as they are, and where that can be seen.
import { z } from 'zod'
import { text } from '#src/http/text-schema.ts'

const partsMax = 20
const empty = z.literal('').transform(() => null)
const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be a web address, such as https://project.example' })
  .max(2048, 'must have at most 2,048 characters')
const line = (max: number) => text({ max, isOneLine: true })
const lineOrNull = (max: number) => line(max).transform((value) => (value === '' ? null : value))
const addressOrNull = z
  .string()
  .trim()
  .pipe(z.union([empty, webAddress]))

/** Separated by commas. */
const parts = text({ max: 400, isOneLine: true })
  .transform((value) => [...new Set(value.split(',').map((part) => part.trim()))].filter((part) => part !== ''))
  .refine((found) => found.length <= partsMax && found.every((part) => part.length <= 80), {
    error: `must be at most ${partsMax}, of at most 80 characters each`,
  })

export const correctionSchema = z.strictObject({
  tagline: text({ min: 1, max: 200, isOneLine: true }),
  publisherName: lineOrNull(200),
  homepageUrl: addressOrNull,
  repositoryUrl: addressOrNull,
  documentationUrl: addressOrNull,
  license: lineOrNull(100),
  licenseNote: text({ max: 1_000 }).transform((value) => (value === '' ? null : value)),
  runsAs: parts,
  languages: parts,
  sourceUrl: z.string().trim().pipe(webAddress),
  sourceTitle: text({ min: 1, max: 300, isOneLine: true }),
  checkedAt: z.iso.date('must be a day').refine((day) => day <= new Date().toISOString().slice(0, 10), {
    error: 'must not be in the future',
  }),
})

export type Correction = z.infer<typeof correctionSchema>
