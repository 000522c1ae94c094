import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'
import { accountHeaders, accountRequest, rateLimited, textOf } from '../account-access/account-request.ts'
import { emailErrors } from '../account-access/account-words.ts'
import { DemoMailHint } from '../account-access/demo-mail-hint.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { WaitlistForm } from './waitlist-form.tsx'
import type { Route } from './+types/waitlist.ts'

export const headers = accountHeaders

const pathOf = (slug: string): string => `/agents/${encodeURIComponent(slug)}/waitlist`

export async function loader(args: Route.LoaderArgs) {
  const { viewer, site, searchParams } = accountRequest(args)
  const { services } = args.context.get(webContext)
  const agent = await services.engagement.agent(args.params.slug)
  if (agent === undefined) throw data(null, { status: 404 })
  const { slug, name, comingSoon } = agent
  if (slug !== args.params.slug) throw redirect(pathOf(slug), 301)
  return {
    slug,
    name,
    comingSoon,
    email: viewer?.email ?? '',
    isWaiting: (await services.engagement.standing({ slug, viewer }))?.isWaiting ?? false,
    isAsked: searchParams.has('asked'),
    isDemo: site.showsDevPages,
  }
}

export async function action(args: Route.ActionArgs) {
  const { viewer, caller } = accountRequest(args)
  const { services } = args.context.get(webContext)
  const { slug } = args.params
  const form = await args.request.formData()
  const email = textOf(form, 'email')
  if (textOf(form, 'intent') === 'leave' && viewer !== undefined) {
    const left = await services.engagement.leaveWaitlist({ slug, viewer })
    if (left.kind === 'missing') throw data(null, { status: 404 })
    return redirect(pathOf(slug), 303)
  }
  const outcome = await services.engagement.joinWaitlist({ slug, email, caller, viewer })
  switch (outcome.kind) {
    case 'invalid':
      return data({ email, problem: outcome.problem, waitSeconds: undefined }, { status: 400 })
    case 'rate_limited':
      return rateLimited(outcome.retryAfterSeconds, { email, problem: undefined })
    case 'missing':
      throw data(null, { status: 404 })
    case 'asked':
      return redirect(`${pathOf(slug)}?asked`, 303)
    case 'joined':
    case 'refused':
    case 'done':
      // The page says how it stands: they wait, or it can be used by now.
      return redirect(pathOf(slug), 303)
  }
}

export default function Waitlist({ loaderData, actionData }: Route.ComponentProps) {
  const { slug, name, comingSoon, email, isWaiting, isAsked, isDemo } = loaderData
  const footer = (
    <p>
      <TextLink href={`/agents/${slug}`}>Back to {name}</TextLink>
    </p>
  )
  if (!comingSoon) {
    return (
      <AccessPage
        title={`${name} can be used now`}
        intro="There is nothing to wait for."
        action={<ButtonLink href={`/agents/${slug}`}>Open its page</ButtonLink>}
      />
    )
  }
  if (isAsked && actionData === undefined) {
    return (
      <AccessPage
        title="Look into your mail"
        intro={`Unless the address waits for ${name} already, a link is on its way to it. Press it, and you are on the list.`}
        state="done"
        footer={footer}
      >
        <DemoMailHint isDemo={isDemo} />
        <p className="text-14 text-muted">
          Nothing there? It may be among the spam, or <TextLink href={pathOf(slug)}>ask again</TextLink>.
        </p>
      </AccessPage>
    )
  }
  const problem = actionData?.problem
  return (
    <AccessPage
      title={isWaiting ? `You are waiting for ${name}` : `Wait for ${name}`}
      intro={isWaiting ? undefined : 'It can’t be used yet.'}
      state={isWaiting ? 'done' : actionData && 'error'}
      footer={footer}
    >
      <TooOften seconds={actionData?.waitSeconds} />
      <WaitlistForm
        slug={slug}
        email={actionData?.email ?? email}
        error={problem && emailErrors[problem]}
        isWaiting={isWaiting}
      />
    </AccessPage>
  )
}
