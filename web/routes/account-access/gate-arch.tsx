/** Three arches of stone, one within the other, on the waterline. Lit when the thing is done. */
export const GateArch = ({ isLit = false }: { isLit?: boolean }) => (
  <svg viewBox="0 0 224 76" className="line-art mx-auto h-arch max-w-full text-ink" aria-hidden="true">
    <path d="M68 60V52a44 44 0 0 1 88 0v8" />
    <path d="M79 60V52a33 33 0 0 1 66 0v8" className="text-control" />
    <path d="M90 60V52a22 22 0 0 1 44 0v8Z" className={isLit ? 'fill-tint-lagoon text-lagoon' : 'text-control'} />
    <path d="M24 60h176" />
    <path d="M44 67h136M64 74h96" className="text-control" />
  </svg>
)
