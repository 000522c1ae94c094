import { data } from 'react-router'
import { webContext } from '../../context.ts'
import type { Route } from './+types/ui.ts'

export function loader({ context }: Route.LoaderArgs): null {
  if (!context.get(webContext).site.showsDevPages) throw data(null, { status: 404 })
  return null
}

export default function Parts() {
  return <h1>Parts</h1>
}
