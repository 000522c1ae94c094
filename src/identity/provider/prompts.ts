import { scopesOf } from './scopes.ts'

/** The words of `prompt` (OpenID Connect Core §3.1.2.1). */
export const promptsOf = (query: URLSearchParams): readonly string[] => scopesOf(query.get('prompt'))

export function dropPrompts(query: URLSearchParams, dropped: readonly string[]): void {
  const left = promptsOf(query).filter((prompt) => !dropped.includes(prompt))
  if (left.length > 0) query.set('prompt', left.join(' '))
  else query.delete('prompt')
}

export const addPrompt = (query: URLSearchParams, added: string): void =>
  query.set('prompt', [...new Set([...promptsOf(query), added])].join(' '))
