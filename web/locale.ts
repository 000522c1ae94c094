import { useRouteLoaderData } from 'react-router'
import type { ShellData } from './shell/shell-data.ts'

/** The language that the visitor reads numbers in. The page itself is in English. */
export const useLocale = (): string => useRouteLoaderData<ShellData>('root')?.locale ?? 'en'
