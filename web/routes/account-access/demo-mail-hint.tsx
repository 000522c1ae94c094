import { TextLink } from './text-link.tsx'

/** In demo mode no mail leaves the machine; this says where it is. */
export const DemoMailHint = ({ isDemo }: { isDemo: boolean }) =>
  isDemo ? (
    <p className="text-14 text-muted">
      Demo mode: mails stay on this machine. Read yours at <TextLink href="/dev/mail">/dev/mail</TextLink>.
    </p>
  ) : null
