interface SharedReadOptions {
  /** How long one answer is given again, counted from when it was asked for. */
  readonly ageMsMax: number
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number
}

/** The same answer for everybody who asks within a moment, so that many readers cost as much as one. A failure is asked anew. */
export function sharedRead<T>(
  read: () => Promise<T>,
  { ageMsMax, now = () => performance.now() }: SharedReadOptions,
): () => Promise<T> {
  let last: { readonly askedAt: number; readonly answer: Promise<T> } | undefined
  return () => {
    if (last !== undefined && now() - last.askedAt <= ageMsMax) return last.answer
    const asked = { askedAt: now(), answer: read() }
    last = asked
    asked.answer.catch(() => {
      if (last === asked) last = undefined
    })
    return asked.answer
  }
}
