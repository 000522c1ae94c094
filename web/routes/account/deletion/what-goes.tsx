import { formatDay } from '../../../ui/time.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { Record } from '../record.tsx'
import type { Route } from './+types/delete-account.ts'

type Preflight = Route.ComponentProps['loaderData']

/** In plain words, before anything is asked: what goes, what goes along, and what stays. */
export const WhatGoes = (preflight: Preflight) => (
  <section aria-labelledby="what-title" className="flex flex-col gap-16">
    <div className="flex flex-col gap-4">
      <h2 id="what-title" className="text-18 font-medium">
        What happens
      </h2>
      <p className="text-muted">
        You can <TextLink href="/account/export">download your data</TextLink> first.
      </p>
    </div>
    <Record lines={linesOf(preflight)} />
  </section>
)

function linesOf({ subscriptions, paid, ending, leaving }: Preflight) {
  const lines = [
    [
      'At once',
      'You are signed out everywhere, and nobody can sign in any more. Agents you let in lose their access and are told.',
    ],
    paid.length > 0 && [
      'Ends now',
      `${listed(paid.map(paidUntil))}. Nothing is charged any more, and the rest is not refunded.`,
    ],
    [
      'Deleted',
      `Your name and address, password and passkeys, your reviews, the invitations you sent, and ${usageOf(subscriptions)}. It takes minutes; a last mail says when it is done.`,
    ],
    ending.length > 0 && [
      'Goes along',
      `${listed(ending)}. Nobody else is in ${them(ending)}, and no agent belongs to ${them(ending)}.`,
    ],
    leaving.length > 0 && ['Goes on', `${listed(leaving)}, without you.`],
    [
      'Stays, without you',
      'The record of what was done, and the books: both without your name and address. What you made for organizations that go on.',
    ],
    ['Not ours to delete', 'What agents keep of you themselves. Ask those you used.'],
  ] as const
  return lines
    .filter((line) => line !== false)
    .map(([label, text]) => ({ label, value: <span className="block max-w-prose">{text}</span> }))
}

const paidUntil = ({ agent, until, isTrial }: Preflight['paid'][number]): string =>
  `${agent}, ${isTrial ? 'on trial' : 'paid'} until ${formatDay(until)}`

const them = ({ length }: readonly string[]): string => (length === 1 ? 'it' : 'them')

function usageOf(agents: readonly string[]): string {
  if (agents.length === 0) return 'every unit of usage'
  return `your ${agents.length === 1 ? 'subscription' : 'subscriptions'} to ${listed(agents)} with every unit of usage`
}

/** Not by the browser's own language, which the words around it don't have. */
const listed = (names: readonly string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(names)
