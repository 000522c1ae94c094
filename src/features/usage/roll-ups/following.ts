// How to follow the ledger without missing an entry. Numbers (`seq`) are given when an entry is written, and become visible when
// its transaction commits, so a lower number may appear after a higher one. Therefore: mark the highest number given, and read up
// to the mark once every transaction that was running then has ended.

/** The highest number given at a moment. */
export interface Mark {
  readonly seq: number
  /** A transaction's number that was given after it: who wrote up to `seq` has a lower one. */
  readonly xid: number
  /** ISO 8601. */
  readonly at: string
}

export interface Position {
  /** Everything up to it has been read. */
  readonly done: number
  readonly mark?: Mark
}

export interface Present {
  readonly seq: number
  /** Given after `seq` was looked up. */
  readonly xid: number
  /** The lowest number of a transaction that is still running. */
  readonly oldestXid: number
  readonly now: Date
}

export type Step =
  | { readonly kind: 'read'; readonly from: number; readonly to: number; readonly position: Position }
  | { readonly kind: 'mark'; readonly position: Position }
  | { readonly kind: 'wait' }

export interface Pace {
  /** Numbers read at once. */
  readonly chunk: number
  /** How old a mark must be: a writer may have its entry's number an instant before its transaction's. */
  readonly settleMs: number
}

export function nextStep({ done, mark }: Position, present: Present, { chunk, settleMs }: Pace): Step {
  // Numbers of transactions only grow; where they did not, the database was restored into another server.
  const isOurs = mark !== undefined && mark.xid <= present.xid
  if (!isOurs || mark.seq <= done) {
    if (present.seq <= done) return { kind: 'wait' }
    const { seq, xid, now } = present
    return { kind: 'mark', position: { done, mark: { seq, xid, at: now.toISOString() } } }
  }
  const isFinal = present.oldestXid >= mark.xid && present.now.getTime() - Date.parse(mark.at) >= settleMs
  if (!isFinal) return { kind: 'wait' }
  const to = Math.min(mark.seq, done + chunk)
  return { kind: 'read', from: done, to, position: { done: to, mark } }
}
