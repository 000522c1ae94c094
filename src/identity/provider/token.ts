import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm, repeatsParameter } from './form.ts'
import { identifyClient } from './identify-client.ts'
import { issueMachineToken } from './issue-machine-token.ts'
import { oauthError } from './oauth-errors.ts'
import { redeemCode } from './redeem-code.ts'
import { deviceGrant, redeemDeviceCode } from './redeem-device-code.ts'
import { refresh } from './refresh.ts'
import { audiencesOf } from './resources.ts'

/** The token endpoint (RFC 6749 §3.2): who asks, then what the grant at hand demands, then the provider. */
export async function answerToken(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const form = await readForm(asked.request)
  if (form === undefined || repeatsParameter(form)) {
    return oauthError({ error: 'invalid_request', description: 'Send a form, with each parameter once.' })
  }
  const identified = await identifyClient(context, asked, form)
  if (identified.kind === 'refused') return identified.response
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return redeemCode(context, asked, identified)
    case 'refresh_token':
      return refresh(context, asked, identified)
    case deviceGrant:
      return redeemDeviceCode(context, asked, identified)
    case 'client_credentials':
      // An agent's backend has no other business here; without an audience the token would be good for nothing.
      if (!identified.form.has('resource')) identified.form.set('resource', audiencesOf(context.baseUrl).api)
      return (
        (await issueMachineToken(context, { ...identified, request: asked.request })) ??
        context.askForTokens({ ...identified, request: asked.request })
      )
    default:
      return context.askForTokens({ ...identified, request: asked.request })
  }
}
