import { expect, it } from 'vitest'
import {
  releaseExamples,
  reservationExamples,
  reservationSchema,
  settlementExamples,
  settlementSchema,
} from './routes.schema.ts'

it.each(Object.entries(reservationExamples))(
  'the example of a reservation that is %s has its shape',
  (_, { value }) => {
    expect(reservationSchema.strict().parse(value)).toEqual(value)
  },
)

it.each(Object.entries({ ...settlementExamples, ...releaseExamples }))(
  'the example of one that is %s has the shape of a settlement',
  (_, { value }) => {
    expect(settlementSchema.strict().parse(value)).toEqual(value)
  },
)
