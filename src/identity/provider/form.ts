/** The form of a request to an endpoint that takes nothing else; undefined when it is not one. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const type = request.headers.get('content-type')?.toLowerCase() ?? ''
  return type.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(await request.text()) : undefined
}

// RFC 8707 §2 lets this one be repeated.
const repeatable: ReadonlySet<string> = new Set(['resource'])

/** RFC 6749 §3.2: parameters must not be included more than once. */
export const repeatsParameter = (form: URLSearchParams): boolean =>
  [...new Set(form.keys())].some((name) => !repeatable.has(name) && form.getAll(name).length > 1)

/** Names the grant to the provider, which writes it into the token. What a client sends under this name is dropped. */
export const grantHeader = 'x-rialto-grant'

// What the provider may see of the original request: the proof of possession, and who asks. No cookies: nothing here rides on them.
const passedHeaders = ['dpop', 'user-agent', 'accept', 'x-rialto-client-address'] as const

export interface ForwardedForm {
  readonly request: Request
  readonly form: URLSearchParams
  readonly authorization?: string | undefined
  readonly grantId?: string | undefined
}

/** The same request with another form. */
export function withForm(sent: ForwardedForm): Request {
  const headers = passedOn(sent)
  headers.set('content-type', 'application/x-www-form-urlencoded')
  return new Request(sent.request.url, { method: 'POST', headers, body: sent.form.toString() })
}

/** The same request, for an endpoint that gets its form apart: given one here, too, the provider would parse it twice more. */
export const withoutForm = (sent: ForwardedForm): Request =>
  new Request(sent.request.url, { method: 'POST', headers: passedOn(sent) })

function passedOn({ request, authorization, grantId }: ForwardedForm): Headers {
  const headers = new Headers()
  for (const name of passedHeaders) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  if (authorization !== undefined) headers.set('authorization', authorization)
  if (grantId !== undefined) headers.set(grantHeader, grantId)
  return headers
}

/** The form as the provider's endpoints take it when they are called in process. */
export const bodyOf = (form: URLSearchParams): Record<string, string | string[]> =>
  Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const [first = '', ...others] = form.getAll(name)
      return [name, others.length === 0 ? first : [first, ...others]]
    }),
  )
