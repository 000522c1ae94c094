import { redirect } from 'react-router'
import { sandboxRequest } from './sandbox-request.ts'
import type { Route } from './+types/invoice-pdf.ts'

/** Stripe has a file at this address. The sandbox makes none: its page prints. */
export function loader(args: Route.LoaderArgs) {
  sandboxRequest(args)
  return redirect(`/sandbox/invoices/${encodeURIComponent(args.params.id)}`, 303)
}
