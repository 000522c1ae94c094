import { createHash } from 'node:crypto'
import type { Log } from '#src/log.ts'

/** Whether a password is in a public list of leaked ones. Answers false when the list can't be asked. */
export type BreachCheck = (password: string) => Promise<boolean>

interface BreachCheckOptions {
  readonly fetch: typeof fetch
  readonly log: Log
  readonly now?: () => number
}

const rangeUrl = 'https://api.pwnedpasswords.com/range/'
const answerMsMax = 1_000
/** After a failure nobody waits for the list again so soon: a server without internet loses a second once, not each time. */
const pauseMs = 5 * 60_000
/** An answer has about 800 lines of some 40 characters; padding doubles that at most. */
const answerBytesMax = 256 * 1024

/**
 * Asks Have I Been Pwned by k-anonymity: only the first five hex digits of the password's SHA-1 leave this machine, and the
 * answer is padded, so that its length tells nothing (https://haveibeenpwned.com/API/v3#PwnedPasswords).
 */
export function createBreachCheck({ fetch, log, now = Date.now }: BreachCheckOptions): BreachCheck {
  let pausedUntil = 0
  return async (password) => {
    if (now() < pausedUntil) return false
    const hash = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase()
    try {
      return isListed(await askRange(fetch, hash.slice(0, 5)), hash.slice(5))
    } catch (error) {
      pausedUntil = now() + pauseMs
      log.warn(
        { reason: error instanceof Error ? error.name : 'unknown' },
        'leaked passwords: the list could not be asked',
      )
      return false
    }
  }
}

async function askRange(fetch: BreachCheckOptions['fetch'], prefix: string): Promise<string> {
  const response = await fetch(rangeUrl + prefix, {
    headers: { 'add-padding': 'true', 'user-agent': 'rialto' },
    signal: AbortSignal.timeout(answerMsMax),
    redirect: 'error',
  })
  if (!response.ok) throw new Error(`Answered ${response.status}`)
  const text = await response.text()
  if (text.length > answerBytesMax) throw new Error('The answer is too long')
  return text
}

/** Padding lines have the count 0. */
const isListed = (answer: string, suffix: string): boolean =>
  answer.split('\n').some((line) => line.startsWith(`${suffix}:`) && Number(line.slice(suffix.length + 1)) > 0)
