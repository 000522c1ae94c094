import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { charactersMax } from './analyse.ts'

export const linesMax = 250

/** What somebody sent to be read: one text, or a text a line. */
export interface SentForm {
  /** The form's own. */
  readonly requestId: string
  readonly text: string
  readonly readsLines: boolean
}

/** Something to try it with: English proverbs, one a line. */
export const proverbs = readFileSync(join(import.meta.dirname, 'proverbs.txt'), 'utf8').trim()
export const proverbCount = proverbs.split('\n').length

/** The texts of a form in their order; a sentence where they can't be read. */
export function textsOf({ text, readsLines }: Pick<SentForm, 'text' | 'readsLines'>): readonly string[] | string {
  if (text.length > charactersMax) return 'The text is too long.'
  const texts = (readsLines ? text.split('\n') : [text]).map((part) => part.trim()).filter((part) => part !== '')
  if (texts.length === 0) return 'There is no text to read.'
  return texts.length > linesMax ? `At most ${linesMax} lines are read at a time.` : texts
}

interface PlacedText {
  readonly requestId: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/**
 * Under what a text is counted: the same form again is counted once, and another text under the same id is another use, or an old
 * form would read anything for nothing.
 */
export const keyOf = ({ requestId, line, text }: PlacedText): string =>
  createHash('sha256')
    .update(JSON.stringify([requestId, line, text]))
    .digest('hex')
