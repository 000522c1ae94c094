import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { personRequest } from '../account/person-request.ts'

type RequestArgs = Parameters<typeof personRequest>[0]

/** What pages of operators work with. Everybody else is sent to sign in, or gets 403; services look again. */
export function operatorRequest(args: RequestArgs) {
  const { viewer, searchParams } = personRequest(args)
  if (!viewer.isOperator) throw data(null, { status: 403 })
  const { services, request } = args.context.get(webContext)
  return { services, viewer, searchParams, locale: request.locale }
}

/** What a service refuses, as the page that says so: 403 and 404. */
export async function orRefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'forbidden') throw data(null, { status: 403 })
    if (code === 'not_found') throw data(null, { status: 404 })
    throw error
  }
}
