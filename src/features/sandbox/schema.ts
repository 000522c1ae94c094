import { z } from '@hono/zod-openapi'
import { clockSteps, yearsMax } from './clock/target.ts'

const isoTime = z.iso.datetime()
const flag = z.boolean().default(false)

const now = { now: '2027-01-31T08:00:00.000Z', offsetMs: 6_048_000_000 }

export const clockSchema = z
  .object({
    now: isoTime.openapi({ description: 'Business time: what trials, periods and graces go by.' }),
    offsetMs: z.int().openapi({ description: 'How far it is ahead of real time.' }),
    furthest: isoTime.openapi({ description: `The latest moment that one go may lead to, ${yearsMax} years ahead.` }),
    upcoming: z
      .array(
        z.object({
          at: isoTime,
          what: z.string().openapi({ example: 'subscription_renews' }),
          objectId: z.string().openapi({ description: 'Of the object at Stripe that changes.' }),
          about: z.string(),
        }),
      )
      .openapi({ description: 'The first things that time itself changes, 8 at most.' }),
    undelivered: z.int().openapi({ description: 'Webhooks that nobody has taken yet.' }),
  })
  .openapi('SandboxClock', {
    example: {
      ...now,
      furthest: '2032-01-31T08:00:00.000Z',
      upcoming: [
        {
          at: '2027-02-28T08:00:00.000Z',
          what: 'subscription_renews',
          objectId: 'sub_4e1f0c6a9b2d8e7f5a3c1d0b',
          about: 'Readability: Reader',
        },
      ],
      undelivered: 0,
    },
  })

export const clockAdvanceInput = z
  .strictObject({
    by: z
      .enum([...clockSteps, 'next_due'])
      .optional()
      .openapi({ description: 'A calendar step in UTC, or `next_due`: until time itself changes something.' }),
    to: isoTime.optional().openapi({ description: 'A moment ahead, instead of `by`.' }),
    twice: flag.openapi({ description: 'Every webhook of this go is delivered twice.' }),
    shuffled: flag.openapi({ description: 'Webhooks of this go come in any order.' }),
    delayed: flag.openapi({ description: 'Each webhook of this go waits up to a minute.' }),
  })
  .refine(({ by, to }) => (by === undefined) !== (to === undefined), 'must have either `by` or `to`')
  .openapi('SandboxClockAdvanceInput', { example: { by: 'month', twice: false, shuffled: false, delayed: false } })

export const clockAdvanceSchema = z
  .object({
    from: isoTime,
    to: isoTime,
    happened: z.int().openapi({ description: 'Things that time did at Stripe: renewals, ends of trials, retries.' }),
    delivered: z.int().openapi({ description: 'Webhooks that Rialto has taken.' }),
    undelivered: z.int().openapi({ description: 'Webhooks that are put off, or weren’t taken and are tried again.' }),
  })
  .openapi('SandboxClockAdvance', {
    example: { from: now.now, to: '2027-02-28T08:00:00.000Z', happened: 2, delivered: 9, undelivered: 0 },
  })
