import { expect, it } from 'vitest'
import { fateWords, told } from '#src/features/site/legal/stored-data.ts'
import { fates } from '#src/identity/people/deletion/fates.ts'
import { leftOut, personalTables } from '#src/identity/people/export/personal-data.ts'

const named = told.flatMap(({ tables }) => tables)

it('the page on privacy tells of every table that holds something about a person, once', () => {
  const holding = new Set([...personalTables.map(({ table }) => table), ...Object.keys(leftOut), ...Object.keys(fates)])
  expect(named.toSorted()).toEqual([...holding].toSorted())
})

it('says of each what becomes of it, the same for all that it tells of together', () => {
  for (const entry of told) {
    expect(fateWords(entry, fates), entry.what).toBeDefined()
    const each = new Set(entry.tables.map((table) => fateWords({ tables: [table] }, fates)))
    expect([...each], entry.what).toHaveLength(1)
  }
})
