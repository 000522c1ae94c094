import { z } from '@hono/zod-openapi'
import { queryCharactersMax, slugSchema, tagSchema } from '../schema.ts'

export const suggestionQuery = z.strictObject({
  q: z
    .string()
    .max(queryCharactersMax)
    .default('')
    .openapi({ description: 'As far as it is typed.', example: 'openh' }),
})

export const suggestionsSchema = z
  .object({
    agents: z
      .array(
        z.object({
          slug: slugSchema.openapi({ example: 'openhands' }),
          name: z.string().openapi({ example: 'OpenHands' }),
          tagline: z.string(),
        }),
      )
      .openapi({ description: 'Whose name or publisher has a word that begins so; names first, then the best first.' }),
    tags: z.array(tagSchema).openapi({ description: 'Of at least one listed agent, 3 at most.' }),
  })
  .openapi('Suggestions', { description: 'Eight at most altogether.' })

export type Suggestions = z.infer<typeof suggestionsSchema>
