import { redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { personRequest } from '../account/person-request.ts'
import { thrownFailure } from './outcome.ts'
import type { Route } from './+types/uninstall.ts'

/** Back from signing in, or typed: uninstalling takes a press of the button. */
export const loader = ({ params }: Route.LoaderArgs) => redirect(`/agents/${encodeURIComponent(params.slug)}`, 303)

/** Leads on to where what the agent may know is ended. */
export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const outcome = await services.engagement.uninstall({ slug: args.params.slug, userId: viewer.id })
  return outcome.kind === 'done'
    ? redirect('/account/connected-agents?notice=uninstalled', 303)
    : thrownFailure(outcome)
}
