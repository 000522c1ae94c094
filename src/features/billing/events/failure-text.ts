import { Stripe } from 'stripe'
import { AppError } from '#src/lib/errors.ts'

const lengthMax = 2_000
const causesMax = 5

/**
 * Why something failed, for operators. Never what was sent to the database, which may be about somebody, nor anything that opens a
 * door.
 */
export function failureText(error: unknown): string {
  return withoutSecrets(sentencesOf(error).join(': ')).slice(0, lengthMax).toWellFormed()
}

function sentencesOf(error: unknown): string[] {
  const sentences: string[] = []
  let current = error
  for (let depth = 0; depth < causesMax && current !== undefined && current !== null; depth += 1) {
    sentences.push(sentenceOf(current))
    current = current instanceof Error ? current.cause : undefined
  }
  return sentences
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return [error.code, error.details['detail']].filter(isText).join(': ')
  if (error instanceof Stripe.errors.StripeError) {
    const { type, code, requestId, message } = error
    return [type, code, message, requestId && `(${requestId})`].filter(isText).join(' ')
  }
  if (!(error instanceof Error)) return 'Something else than an error was thrown'
  // Its message is the statement with all that was passed to it; its cause says why.
  if (error.message.startsWith('Failed query:')) return 'A query failed'
  return error.message === '' ? error.name : error.message
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const withoutSecrets = (text: string): string =>
  text
    .replaceAll(/\b(?:[sr]k_(?:live|test)|whsec|pk_(?:live|test))_[\w*+/=-]+/g, '[secret]')
    .replaceAll(/\b[\w+.-]+:\/\/[^\s/@]+@/g, '[credentials]@')
    .replaceAll(/\bBearer\s+\S+/gi, 'Bearer [secret]')
    .replaceAll(/[^\s@"'<>(),:;]+@[^\s@"'<>(),:;]+\.[a-z]{2,}/gi, '[address]')
    .replaceAll('\u0000', '')
