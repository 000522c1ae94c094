// The filter of the receipts, as it stands in the address.

export interface TypedFilter {
  readonly metric: string | undefined
  readonly type: EntryType | undefined
  /** Days, in UTC: `2026-11-22`. Both are in. */
  readonly from: string | undefined
  readonly to: string | undefined
}

export const entryWords = {
  consume: 'Used',
  adjust: 'Set right',
  refund: 'Given back',
  hold: 'Held',
  settle: 'Settled',
  lapse: 'Lapsed, given back',
  carry_in: 'Moved here',
  carry_out: 'Moved on',
} as const

export type EntryType = keyof typeof entryWords

/** What an entry did; a level goes up and down, and nobody set anything right. */
export function wordsOf(entry: { readonly type: string; readonly delta: number; readonly metadata: object }): string {
  if (entry.type === 'adjust' && !('by' in entry.metadata)) return entry.delta > 0 ? 'Added' : 'Removed'
  return entryWords[entry.type as EntryType] ?? entry.type
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** What is not understood is left out: the list shows more, and nothing breaks. */
export function filterOf(searchParams: URLSearchParams): TypedFilter {
  const given = (name: string): string => (searchParams.get(name) ?? '').trim()
  const day = (name: string): string | undefined => {
    const text = given(name)
    return dayPattern.test(text) && isDay(text) ? text : undefined
  }
  const [metric, type] = [given('metric'), given('type')]
  return {
    metric: /^[a-z][a-z0-9_.-]{0,63}$/.test(metric) ? metric : undefined,
    type: Object.hasOwn(entryWords, type) ? (type as EntryType) : undefined,
    from: day('from'),
    to: day('to'),
  }
}

/** 1970 to 9999: what the ledger can hold, and PostgreSQL read. */
function isDay(text: string): boolean {
  const at = Date.parse(text)
  return at >= 0 && new Date(at).toISOString().startsWith(text)
}

export const isFiltered = (filter: TypedFilter): boolean => Object.values(filter).some((value) => value !== undefined)

const dayMs = 86_400_000

/** As the service takes it. */
export const askedOf = ({ metric, type, from, to }: TypedFilter) => ({
  metric,
  type,
  from: from === undefined ? undefined : new Date(from).toISOString(),
  to: to === undefined ? undefined : new Date(Date.parse(to) + dayMs).toISOString(),
})

/** `path` is that of the list or of its file. */
export function filteredHref(path: string, filter: Partial<TypedFilter>, cursor?: string): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...filter, cursor })) if (value !== undefined) query.set(name, value)
  return query.size === 0 ? path : `${path}?${query}`
}
