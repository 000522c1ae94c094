/** What was looked for, and what was there. */
export type Proof =
  | { readonly isFound: true }
  /** What was asked and what came back, in one or two sentences. */
  | { readonly isFound: false; readonly answer: string }

/** Strangers' words in one of our sentences: one line, and not much of it. */
export function quoted(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufffd]+/gu, ' ').trim()
  const characters = Array.from(line)
  return `“${characters.length > quotedMax ? `${characters.slice(0, quotedMax).join('')}…` : line}”`
}

const quotedMax = 80
