import { AccentStyle } from '../../../shell/accent-style.tsx'
import { Mark } from '../../../shell/mark.tsx'

interface AccentPreviewProps {
  readonly siteName: string
  readonly mark: Parameters<typeof Mark>[0]['picture']
  /** Of the colours that were typed; undefined: as the page is. */
  readonly properties: string | undefined
}

/** How the colours look in both themes, before anything is saved. Nothing in it does anything. */
export const AccentPreview = (props: AccentPreviewProps) => (
  <section aria-labelledby="preview-title" className="flex flex-col gap-12">
    <h2 id="preview-title" className="text-18 font-medium">
      Preview
    </h2>
    <AccentStyle properties={props.properties} within="accent-preview" />
    <div className="accent-preview">
      {(['light', 'dark'] as const).map((theme) => (
        <Panel key={theme} theme={theme} {...props} />
      ))}
    </div>
  </section>
)

const Panel = ({ theme, siteName, mark }: AccentPreviewProps & { theme: 'light' | 'dark' }) => (
  <div data-theme={theme} className="accent-panel">
    <p className="flex items-center gap-8">
      <Mark className="size-tile-m" picture={mark} />
      <span className="display text-22 wrap-anywhere">{siteName}</span>
    </p>
    <p className="flex gap-16 border-b border-hairline text-14">
      <span className="accent-current">Agents</span>
      <span className="text-muted">Collections</span>
    </p>
    <p className="flex flex-wrap items-center justify-between gap-12">
      <span className="text-14 text-accent">As text, on the page</span>
      <span className="accent-button">Start 14-day trial</span>
    </p>
    <p className="rounded-card border border-hairline bg-raised p-12 text-14 text-accent">As text, on a card</p>
    <p className="rounded-card bg-hover p-12 text-14 text-accent">As text, under the pointer</p>
  </div>
)
