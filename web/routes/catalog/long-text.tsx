import ChevronDown from 'lucide-react/icons/chevron-down'
import type { ReactNode } from 'react'
import { Icon } from '../../ui/icon.tsx'

interface LongTextProps {
  /** Of the source; what is shorter stands whole. */
  readonly characters: number
  readonly children: ReactNode
}

const wholeCharactersMax = 2_400

/** The beginning of a text that would push everything else out of reach, and the rest on request or when focus gets there. */
export const LongText = ({ characters, children }: LongTextProps) =>
  characters <= wholeCharactersMax ? (
    children
  ) : (
    <div className="long-text">
      <div className="long-text-body">{children}</div>
      <details className="disclosure">
        <summary className="no-underline">
          <Icon of={ChevronDown} />
          <span className="long-text-more">Read all of it</span>
          <span className="long-text-less">Show less</span>
        </summary>
      </details>
    </div>
  )
