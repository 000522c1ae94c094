import { InlineCode } from '../../../ui/inline-code.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { TextLink } from '../../account-access/text-link.tsx'
import { Record } from '../record.tsx'
import type { Route } from './+types/delete-account.ts'

type Obstacle = Route.ComponentProps['loaderData']['obstacles'][number]

/** What has to be settled first, each with the way there. */
export const Obstacles = ({ obstacles }: { obstacles: readonly Obstacle[] }) => (
  <div className="flex flex-col gap-16">
    <Notice
      tone="warning"
      title={obstacles.length === 1 ? 'One thing comes first' : `${obstacles.length} things come first`}
    >
      Others would be left without anybody in charge. Your account stays as it is until then.
    </Notice>
    <Record lines={obstacles.map(lineOf)} />
  </div>
)

function lineOf(obstacle: Obstacle) {
  if (obstacle.kind === 'last_operator') {
    return {
      label: 'This marketplace',
      value: (
        <InlineCode text="You are its only operator. Make somebody else one first, on the server: `pnpm operator:grant` with their address." />
      ),
    }
  }
  const { name, slug, otherMembers, agents } = obstacle
  const isAlone = otherMembers === 0
  return {
    label: name,
    value: isAlone
      ? `You are its only member, and ${counted(agents, 'agent')} ${agents === 1 ? 'belongs' : 'belong'} to it. Invite somebody, and make them owner.`
      : `You are its only owner, with ${counted(otherMembers, 'other member')}${agents === 0 ? '' : ` and ${counted(agents, 'agent')}`}. ${otherMembers === 1 ? 'Make them' : 'Make one of them'} owner.`,
    action: (
      <TextLink href={`/account/organizations/${slug}#${isAlone ? 'invitations' : 'members'}-title`}>
        {isAlone ? 'Invite somebody' : 'Change roles'}
      </TextLink>
    ),
  }
}

const counted = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`
