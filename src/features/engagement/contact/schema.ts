import { z } from '@hono/zod-openapi'
import { text } from '#src/http/text-schema.ts'

export const messageCharactersMax = 2_000
const messageCharactersMin = 10

export const contactSchema = z
  .strictObject({
    kind: z.enum(['message', 'demo'], { error: 'must be chosen' }),
    message: text({ min: 1, max: messageCharactersMax }).refine((value) => value.length >= messageCharactersMin, {
      error: `must have at least ${messageCharactersMin} characters`,
    }),
  })
  .openapi('PublisherContact', { example: { kind: 'message', message: 'Does it read scanned pages, too?' } })
