import { Readable } from 'node:stream'
import { createReadableStreamFromReadable } from '@react-router/node'
import { redirect } from 'react-router'
import { textOf } from '../account-access/account-request.ts'
import { personRequest } from './person-request.ts'
import type { Route } from './+types/export-file.ts'

export const loader = () => redirect('/account/export')

/** The file itself, written while it is read. */
export async function action(args: Route.ActionArgs) {
  const { people, caller } = personRequest(args)
  const result = await people.exportData(caller, textOf(await args.request.formData(), 'password'))
  switch (result.kind) {
    case 'wrong_password':
      return redirect('/account/export?refused=password', 303)
    case 'rate_limited':
      return redirect(`/account/export?wait=${result.retryAfterSeconds}`, 303)
    case 'ready':
      return new Response(createReadableStreamFromReadable(Readable.from(result.json)), {
        headers: {
          'content-type': 'application/json',
          'content-disposition': 'attachment; filename="rialto-data.json"',
          'cache-control': 'no-store',
        },
      })
  }
}
