import { data, redirect } from 'react-router'
import type { RouteHandle } from '../../root.tsx'
import { webContext } from '../../context.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, rateLimited, textOf } from '../account-access/account-request.ts'
import { TooOften } from '../account-access/too-often.tsx'
import { AskedScopes } from './asked-scopes.tsx'
import type { Route } from './+types/device.ts'

export const handle: RouteHandle = { scriptless: true }

export const headers = accountHeaders

const pathWith = (userCode: string): string => `/device?user_code=${encodeURIComponent(userCode)}`

/** Without a code: the form that takes one. With one: what the device asks. */
export async function loader(args: Route.LoaderArgs) {
  const { viewer, caller, searchParams } = accountRequest(args)
  const userCode = searchParams.get('user_code') ?? ''
  if (viewer === undefined) throw redirect(withReturnTo('/sign-in', userCode === '' ? '/device' : pathWith(userCode)))
  const page = { userCode, email: viewer.email, request: undefined, waitSeconds: undefined }
  if (userCode === '') return data(page)
  const { services } = args.context.get(webContext)
  const request = await services.oauth.readDeviceRequest(caller, userCode)
  if (request.kind === 'rate_limited') return rateLimited(request.retryAfterSeconds, { ...page, request: undefined })
  return data({ ...page, request }, { status: request.kind === 'unknown' ? 404 : 200 })
}

export async function action(args: Route.ActionArgs) {
  const { viewer, searchParams } = accountRequest(args)
  const userCode = searchParams.get('user_code') ?? ''
  if (viewer === undefined) throw redirect(withReturnTo('/sign-in', pathWith(userCode)), 303)
  const { services } = args.context.get(webContext)
  const isAllowed = textOf(await args.request.formData(), 'decision') === 'allow'
  return services.oauth.answerDevice(viewer.id, { userCode, isAllowed })
}

export default function Device({ loaderData, actionData }: Route.ComponentProps) {
  const { userCode, email, request, waitSeconds } = loaderData
  if (actionData?.kind === 'allowed') {
    return <AccessPage title="Your device is signed in" intro="You can close this page and go on there." state="done" />
  }
  if (actionData?.kind === 'refused') {
    return <AccessPage title="The device was not let in" intro="Nothing was shared. You can close this page." />
  }
  if (request?.kind === 'asked' && actionData === undefined) {
    return (
      <AccessPage title={`Sign a device in to ${request.agent.name}?`} intro={<>You are signed in as {email}.</>}>
        <AskedScopes agent={request.agent} scopes={request.scopes} />
        <p className="text-14 text-muted">
          Go on only if you started this yourself and your device shows <strong className="figures">{userCode}</strong>.
        </p>
        <form method="post" className="flex flex-wrap gap-12">
          <Button name="decision" value="allow">
            Allow
          </Button>
          <Button name="decision" value="deny" kind="secondary">
            Don’t allow
          </Button>
        </form>
      </AccessPage>
    )
  }
  const isUnknown = request?.kind === 'unknown' || actionData?.kind === 'unknown'
  return (
    <AccessPage title="Sign a device in" intro="Enter the code that it shows." state={isUnknown ? 'error' : undefined}>
      <TooOften seconds={waitSeconds} />
      <form method="get" action="/device" className="flex flex-col gap-16">
        <TextField
          label="Code"
          name="user_code"
          autoComplete="off"
          autoCapitalize="characters"
          defaultValue={userCode}
          error={
            isUnknown
              ? { message: 'No device waits with this code.', remedy: 'Check it, or start again at the device.' }
              : undefined
          }
          required
        />
        <Button>Continue</Button>
      </form>
    </AccessPage>
  )
}
