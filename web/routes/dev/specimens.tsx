import type { ReactNode } from 'react'

/** Named places for the parts on /dev/ui. */
export const Specimens = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex flex-col gap-16 border-t border-hairline py-32">
    <h3 className="text-18 font-medium">{title}</h3>
    {children}
  </section>
)

export const Row = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-wrap items-center gap-16">{children}</div>
)
