import type { ProviderContext, ProviderRequest } from './context.ts'
import { readForm, repeatsParameter, withForm } from './form.ts'
import { identifyClient } from './identify-client.ts'
import { oauthError } from './oauth-errors.ts'
import { audiencesOf } from './resources.ts'
import { scopesOf } from './scopes.ts'

/** Where a device without a browser begins (RFC 8628 §3.1). */
export async function answerDeviceAuthorization(context: ProviderContext, asked: ProviderRequest): Promise<Response> {
  const form = await readForm(asked.request)
  if (form === undefined || repeatsParameter(form)) {
    return oauthError({ error: 'invalid_request', description: 'Send a form, with each parameter once.' })
  }
  const identified = await identifyClient(context, asked, form)
  if (identified.kind === 'refused') return identified.response
  const sent = identified.form
  // The provider would bind the code to any person that a client names.
  sent.delete('user_id')
  const metersUsage = scopesOf(sent.get('scope')).some((scope) => scope.startsWith('usage:'))
  if (metersUsage && !sent.has('resource')) sent.set('resource', audiencesOf(context.baseUrl).api)
  return context.ask(withForm({ ...identified, request: asked.request }))
}
