import { useRouteLoaderData } from 'react-router'
import type { ShellData } from './shell/shell-data.ts'

/** What this marketplace is called. */
export const useSiteName = (): string => useRouteLoaderData<ShellData>('root')?.siteName ?? 'Rialto'
