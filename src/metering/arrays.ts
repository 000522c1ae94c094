// PostgreSQL array literals. The driver would build them element by element, which at this many events is a cost of its own.

/** Of values that hold nothing to escape: numbers and UUIDs. */
export const plainArray = (values: readonly (string | number | null)[]): string =>
  `{${values.map((value) => value ?? 'NULL').join(',')}}`

/** Of any text. */
export const textArray = (values: readonly (string | undefined)[]): string =>
  `{${values.map((value) => (value === undefined ? 'NULL' : quoted(value))).join(',')}}`

const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`

/** Reads `{1,2,3}`. */
export const numbersOf = (literal: string): number[] => literal.slice(1, -1).split(',').map(Number)
