import type { ReactNode } from 'react'

/** A link within words: underlined, because colour alone doesn't tell it from them. */
export const TextLink = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} className="underline underline-offset-link">
    {children}
  </a>
)
