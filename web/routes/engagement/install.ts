import { redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { personRequest } from '../account/person-request.ts'
import { thrownFailure } from './outcome.ts'
import type { Route } from './+types/install.ts'

const agentPath = (slug: string): string => `/agents/${encodeURIComponent(slug)}`

/** Back from signing in, or typed: installing takes a press of the button. */
export const loader = ({ params }: Route.LoaderArgs) => redirect(agentPath(params.slug), 303)

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const outcome = await services.engagement.install({ slug: args.params.slug, userId: viewer.id })
  return outcome.kind === 'done' ? redirect(agentPath(args.params.slug), 303) : thrownFailure(outcome)
}
