import { Notice } from '../../ui/notice.tsx'
import { waitText } from './account-words.ts'

/** Says how long to wait, and that nothing was lost. */
export const TooOften = ({ seconds }: { seconds: number | undefined }) =>
  seconds === undefined ? null : (
    <Notice tone="warning" role="alert" title="That was tried too often">
      Wait {waitText(seconds)}, then try again. Nothing of yours was changed.
    </Notice>
  )
