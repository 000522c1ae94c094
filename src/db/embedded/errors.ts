/** A start of the embedded database that can't succeed: what happened, why, and the command that fixes it. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError'
  /** What happened and why, for a person; holds no secret. */
  readonly sentence: string
  /** A command or an action that fixes it. */
  readonly remedy: string

  constructor({ sentence, remedy, cause }: { sentence: string; remedy: string; cause?: unknown }) {
    super(`${sentence}\n  Try: ${remedy}`, cause === undefined ? undefined : { cause })
    this.sentence = sentence
    this.remedy = remedy
  }
}
