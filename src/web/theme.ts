import type { PageRequest } from './context.ts'

/** Written by the pages' /theme form. */
export const themeCookie = 'rialto_theme'

export const themeOf = (cookie: string | undefined): PageRequest['theme'] =>
  cookie === 'light' || cookie === 'dark' ? cookie : 'system'
