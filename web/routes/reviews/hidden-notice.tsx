import { Notice } from '../../ui/notice.tsx'

/** For the author alone: why nobody else sees it, and what they can do. */
export const HiddenNotice = ({ reason }: { reason: string }) => (
  <Notice tone="warning" title="Your review is hidden">
    <p>
      An operator hid it and says why: <q className="wrap-anywhere">{reason}</q>
    </p>
    <p>It counts in no rating. You can change it; an operator decides whether it is shown again.</p>
  </Notice>
)
