import { TextLink } from '../../account-access/text-link.tsx'
import { Section } from '../account-page.tsx'
import { Record } from '../record.tsx'
import type { Route } from './+types/delete-account.ts'

type Preflight = Route.ComponentProps['loaderData']

/** In plain words, before anything is asked: what goes, what goes along, and what stays. */
export const WhatGoes = ({ subscriptions, ending, leaving }: Preflight) => (
  <Section
    id="what"
    title="What happens"
    intro={
      <>
        You can <TextLink href="/account/export">download your data</TextLink> first.
      </>
    }
  >
    <Record
      lines={[
        {
          label: 'At once',
          value:
            'You are signed out everywhere, and nobody can sign in any more. Agents you let in lose their access and are told.',
        },
        {
          label: 'Deleted',
          value: `Your name and address, passwords and passkeys, your reviews, and ${subscriptionsOf(subscriptions)} with every unit of usage. It takes minutes; a last mail says when it is done.`,
        },
        ...(ending.length === 0
          ? []
          : [
              {
                label: 'Goes along',
                value: `${listed(ending)}. Nobody else is in ${them(ending)}, and no agent belongs to ${them(ending)}.`,
              },
            ]),
        ...(leaving.length === 0 ? [] : [{ label: 'Goes on', value: `${listed(leaving)}, without you.` }]),
        {
          label: 'Stays, without you',
          value:
            'The record of what was done, without your name and address. The books, which never held them. What you invited others to and published for an organization.',
        },
        {
          label: 'Not ours to delete',
          value: 'What agents keep of you themselves. Ask those you used.',
        },
      ]}
    />
  </Section>
)

const them = ({ length }: readonly string[]): string => (length === 1 ? 'it' : 'them')

function subscriptionsOf(agents: readonly string[]): string {
  if (agents.length === 0) return 'past subscriptions'
  return agents.length === 1 ? `your subscription to ${listed(agents)}` : `your subscriptions to ${listed(agents)}`
}

/** Not by the browser's own language, which the words around it don't have. */
const listed = (names: readonly string[]): string => new Intl.ListFormat('en', { type: 'conjunction' }).format(names)
