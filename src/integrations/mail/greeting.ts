import { oneLine } from './message.ts'

const nameLengthMax = 60

const looksLikeAnAddress = /:\/\/|www\.|@|[\p{L}\p{N}]\.\p{L}{2,}/u

/**
 * The name to greet somebody by, or undefined. A name is chosen by whoever signs up, with any e-mail address: without this
 * rule a stranger could have us deliver an advertisement with a link in it.
 */
export function greetingName(name: string): string | undefined {
  const line = oneLine(name)
  if (line === '' || looksLikeAnAddress.test(line)) return undefined
  const characters = [...line]
  return characters.length <= nameLengthMax ? line : `${characters.slice(0, nameLengthMax).join('')}…`
}
