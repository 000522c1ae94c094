import { describe, expect, it } from 'vitest'
import { nextStep } from './following.ts'
import type { Present } from './following.ts'

const now = new Date('2026-11-22T12:00:00Z')
const earlier = '2026-11-22T11:59:00.000Z'
const pace = { chunk: 10, settleMs: 30_000 }
const present = (values: Partial<Present> = {}): Present => ({ seq: 25, xid: 700, oldestXid: 700, now, ...values })
const mark = { seq: 25, xid: 600, at: earlier }

describe('following the ledger', () => {
  it('marks the end before it reads anything', () => {
    expect(nextStep({ done: 0 }, present(), pace)).toEqual({
      kind: 'mark',
      position: { done: 0, mark: { seq: 25, xid: 700, at: now.toISOString() } },
    })
  })

  it('reads up to the mark, in chunks, and then marks again', () => {
    expect(nextStep({ done: 0, mark }, present(), pace)).toMatchObject({ kind: 'read', from: 0, to: 10 })
    expect(nextStep({ done: 20, mark }, present(), pace)).toMatchObject({ kind: 'read', from: 20, to: 25 })
    expect(nextStep({ done: 25, mark }, present({ seq: 30 }), pace)).toMatchObject({ kind: 'mark' })
  })

  it('waits while a transaction runs that may still write below the mark', () => {
    expect(nextStep({ done: 0, mark }, present({ oldestXid: 599 }), pace)).toEqual({ kind: 'wait' })
    expect(nextStep({ done: 0, mark }, present({ oldestXid: 600 }), pace)).toMatchObject({ kind: 'read' })
  })

  it('waits until the mark is old enough', () => {
    const fresh = { ...mark, at: '2026-11-22T11:59:30.001Z' }
    expect(nextStep({ done: 0, mark: fresh }, present(), pace)).toEqual({ kind: 'wait' })
  })

  it('waits where nothing is new', () => {
    expect(nextStep({ done: 25, mark }, present(), pace)).toEqual({ kind: 'wait' })
    expect(nextStep({ done: 0 }, present({ seq: 0 }), pace)).toEqual({ kind: 'wait' })
  })

  it('marks anew in another server, whose transactions count from the start', () => {
    expect(nextStep({ done: 5, mark }, present({ xid: 599, oldestXid: 599 }), pace)).toMatchObject({
      kind: 'mark',
      position: { done: 5, mark: { xid: 599 } },
    })
  })
})
