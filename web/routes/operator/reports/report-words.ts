// What people say when they report something, and what became of it, as operators read it.
const reasons: Readonly<Record<string, string>> = {
  spam: 'Advertising, or the same text again and again',
  misleading: 'Untrue or misleading',
  harmful: 'Harms or threatens somebody',
  illegal: 'Against the law',
  not_working: 'Doesn’t work',
  off_topic: 'Doesn’t belong here',
  mine: 'Uses what is theirs',
  other: 'Something else',
}
const kinds: Readonly<Record<string, string>> = { agent: 'Agent', review: 'Review', removal: 'Removal' }
const states: Readonly<Record<string, string>> = { open: 'Open', upheld: 'Upheld', dismissed: 'Dismissed' }

const wordsIn =
  (words: Readonly<Record<string, string>>) =>
  (name: string): string =>
    Object.hasOwn(words, name) ? (words[name] ?? name) : name

export const reasonWords = wordsIn(reasons)
export const kindWords = wordsIn(kinds)
export const stateWords = wordsIn(states)

export const kindOptions = Object.entries(kinds).map(([value, label]) => ({ value, label }))
export const stateOptions = Object.entries(states).map(([value, label]) => ({ value, label }))
