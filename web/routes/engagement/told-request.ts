import { data, redirect } from 'react-router'
import type { RouterContextProvider } from 'react-router'
import { webContext } from '../../context.ts'
import { accountRequest, rateLimited } from '../account-access/account-request.ts'

interface ToldArgs {
  readonly context: Readonly<RouterContextProvider>
  readonly request: Request
  readonly params: { readonly slug: string }
}

/** The agent that somebody tells something about; what has another address now leads there, and what has none is a 404. */
export async function toldRequest(args: ToldArgs, page: 'report' | 'removal') {
  const { viewer, caller, site, searchParams } = accountRequest(args)
  const { services } = args.context.get(webContext)
  const agent = await services.engagement.agent(args.params.slug)
  if (agent === undefined) throw data(null, { status: 404 })
  const { slug, name, isDirectoryEntry } = agent
  if (slug !== args.params.slug) throw redirect(`/agents/${slug}/${page}`, 301)
  const ownEmail = viewer?.emailVerified === true ? viewer.email : undefined
  const sent = (['asked', 'filed'] as const).find((kind) => kind === searchParams.get('sent'))
  return {
    services,
    viewer,
    caller,
    shown: {
      agent: { slug, name },
      isDirectoryEntry,
      ownEmail,
      typedEmail: viewer?.email ?? '',
      sent,
      reason: searchParams.get('reason') ?? undefined,
      isDemo: site.showsDevPages,
    },
  }
}

interface Typed {
  readonly email: string
  readonly details: string
  readonly reason?: string
}

type Filed =
  | { readonly kind: 'filed' | 'asked' | 'missing' | 'refused' }
  | { readonly kind: 'invalid'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }

interface Answered {
  readonly outcome: Filed
  readonly typed: Typed
  readonly path: string
}

/** What the page answers, with what was typed kept. */
export function answerTold({ outcome, typed, path }: Answered) {
  const errors: Readonly<Record<string, string>> = {}
  const shown = { typed, errors, waitSeconds: undefined as number | undefined }
  switch (outcome.kind) {
    case 'filed':
    case 'asked':
      throw redirect(`${path}?sent=${outcome.kind}`, 303)
    case 'invalid':
      return data({ ...shown, errors: outcome.errors }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, shown)
    case 'refused':
      // The page says why, as its loader sees it.
      throw redirect(path, 303)
    case 'missing':
      throw data(null, { status: 404 })
  }
}
