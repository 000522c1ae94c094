// What an agent is suggested for. Folded like everything that is searched, so that what is typed meets it letter by letter.
import { compactName, documentWords, sortableName } from '../search/words.ts'

const keyCharactersMax = 100
/** Words of one name that a suggestion may begin with. */
const wordsMax = 12

/**
 * Beginnings by which a name is met: each of its words with all that follow, the whole without spaces, and the parts of words
 * written as one. `GPT Researcher` is met at "gpt res", "resea" and "gptresea"; `OpenHands` also at "hand".
 */
export function keysOf(name: string): string[] {
  const words = sortableName(name)
    .split(' ')
    .filter((word) => word !== '')
  const tails = words.slice(0, wordsMax).map((_, place) => words.slice(place).join(' '))
  const keys = new Set([...tails, compactName(name), ...documentWords(name).slice(0, 2 * wordsMax)].map(cut))
  // What another begins with is found by that one.
  return [...keys].filter((key) => key !== '' && ![...keys].some((longer) => longer !== key && longer.startsWith(key)))
}

/** What is typed, with its spaces and without: "open ha" begins no key of `OpenHands`, but "openha" does. */
export function typedKeys(typed: string): string[] {
  return [...new Set([cut(sortableName(typed)), compactName(typed)].filter((key) => key !== ''))]
}

const cut = (key: string): string =>
  key.length <= keyCharactersMax ? key : Array.from(key).slice(0, keyCharactersMax).join('')
