import Download from 'lucide-react/icons/download'
import { ButtonLink } from '../../../ui/button.tsx'
import { Notice } from '../../../ui/notice.tsx'

/** Shown once, when they are made; the file is in the link itself, so that they are never asked for again. */
export function RecoveryCodes({ codes, siteName }: { codes: readonly string[]; siteName: string }) {
  const file = `${siteName} recovery codes. Each works once, instead of a code of your authenticator app.\n\n${codes.join('\n')}\n`
  return (
    <div className="flex max-w-form flex-col gap-16">
      <Notice tone="warning" title="Keep these recovery codes now">
        They are shown this once. Each opens your account once if you lose your phone.
      </Notice>
      <ul
        aria-label="Recovery codes"
        className="figures grid grid-cols-2 gap-8 rounded-card border border-hairline bg-raised p-card text-16"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-12">
        <ButtonLink
          icon={Download}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
          download={`${siteName.toLowerCase()}-recovery-codes.txt`}
        >
          Download as text
        </ButtonLink>
        <ButtonLink kind="secondary" href="/account/security">
          I have kept them
        </ButtonLink>
      </div>
    </div>
  )
}
