import { dictionary } from '@zxcvbn-ts/language-common'

export const passwordLengthMin = 10
/** Long passphrases are welcome; the limit only bounds the work of hashing. */
export const passwordLengthMax = 128

/** `breached`: in a public list of leaked passwords (breached-passwords.ts). */
export type PasswordProblem = 'missing' | 'too_short' | 'too_long' | 'common' | 'personal' | 'breached'

interface Owner {
  readonly email: string
  readonly name?: string
}

/** Decides whether a new password may be used. Length and guessability count, composition does not (ASVS 5.0, 6.2). */
export type PasswordRule = (password: string, owner: Owner) => PasswordProblem | undefined

export function createPasswordRule(): PasswordRule {
  const common = new Set(
    dictionary['passwords-common'].filter((password) => password.length >= passwordLengthMin).map(plain),
  )
  return (password, { email, name = '' }) => {
    if (password === '') return 'missing'
    const length = [...password].length
    if (length < passwordLengthMin) return 'too_short'
    if (length > passwordLengthMax) return 'too_long'
    if (common.has(plain(password)) || new Set(password).size <= 2) return 'common'
    const [mailbox = ''] = email.split('@')
    return [email, mailbox, name, 'rialto'].some((word) => isMostly(password, word)) ? 'personal' : undefined
  }
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase()

/** Is what remains without the word too little to guess at? "ada1234567" is mostly "ada" only if fewer than 6 remain. */
function isMostly(password: string, word: string): boolean {
  const needle = plain(word).trim()
  if (needle.length < 3) return false
  const haystack = plain(password)
  return haystack.includes(needle) && haystack.replaceAll(needle, '').length < 6
}
