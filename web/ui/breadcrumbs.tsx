interface Crumb {
  readonly label: string
  readonly href?: string
}

/** The way up; the last crumb is this page. */
export function Breadcrumbs({ crumbs, label = 'Breadcrumb' }: { crumbs: readonly Crumb[]; label?: string }) {
  return (
    <nav aria-label={label}>
      <ol className="flex flex-wrap items-center gap-x-8 text-14 text-muted">
        {crumbs.map(({ label, href }, place) => (
          <li key={label} className="flex min-w-0 items-center gap-8">
            {place > 0 && <span aria-hidden="true">/</span>}
            {href === undefined ? (
              <span aria-current="page" className="min-w-0 wrap-anywhere">
                <bdi>{label}</bdi>
              </span>
            ) : (
              <a href={href} className="min-w-0 touch-target wrap-anywhere no-underline hover:underline">
                {label}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
