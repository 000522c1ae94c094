import { data } from 'react-router'
import { webContext } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { authErrorWords } from './auth-error-words.ts'
import type { Route } from './+types/auth-error.ts'

export const headers = accountHeaders

const shownLengthMax = 500

/** A sign-in that can't go back to the agent, because nobody knows that the address is the agent's. */
export async function loader({ context, request }: Route.LoaderArgs) {
  const { services, viewer } = context.get(webContext)
  const { searchParams } = new URL(request.url)
  const clientId = searchParams.get('client_id')
  const details = clientId === null ? undefined : await services.oauth.describeRefusal(clientId, viewer?.id)
  // The provider's own refusals come as `error`.
  const code = searchParams.get('code') ?? searchParams.get('error') ?? ''
  const words = authErrorWords(code)
  const isSignOut = code.startsWith('sign_out_')
  const registered = (isSignOut ? details?.registeredAfterSignOut : details?.registered) ?? []
  // Only for who may see the registered ones: to others it could be words that somebody else wants them to read here.
  const sent = registered.length > 0 ? searchParams.get('redirect_uri')?.slice(0, shownLengthMax) : undefined
  return data({ ...words, isSignOut, agentName: details?.agentName ?? undefined, registered, sent }, { status: 400 })
}

export default function AuthError({ loaderData }: Route.ComponentProps) {
  const { title, text, isSignOut, agentName, registered, sent } = loaderData
  return (
    <AccessPage
      title={title}
      intro={
        <>
          {agentName !== undefined && `This was about ${agentName}. `}
          {text}
        </>
      }
      state="error"
      action={
        isSignOut ? (
          <ButtonLink href="/sign-out">Sign out here</ButtonLink>
        ) : (
          <ButtonLink href="/agents">Browse the agents</ButtonLink>
        )
      }
    >
      {registered.length === 0 ? undefined : (
        <dl className="flex flex-col gap-12 text-14 wrap-anywhere">
          <div>
            <dt className="font-medium">The agent sent</dt>
            <dd className="figures">{sent ?? 'no address'}</dd>
          </div>
          <div>
            <dt className="font-medium">It registered</dt>
            {registered.map((uri) => (
              <dd key={uri} className="figures">
                {uri}
              </dd>
            ))}
          </div>
        </dl>
      )}
    </AccessPage>
  )
}
