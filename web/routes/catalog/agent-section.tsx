import type { ReactNode } from 'react'

/** One part of an agent's page, reachable by its id. */
export const AgentSection = ({ id, title, children }: { id: string; title: string; children: ReactNode }) => (
  <section id={id} aria-labelledby={`${id}-title`} className="flex min-w-0 flex-col gap-16">
    <h2 id={`${id}-title`} className="display text-28">
      {title}
    </h2>
    {children}
  </section>
)
