import { archRadius, archSize, drawArch, type ArchShape } from './draw.ts'

interface ArchIconProps {
  readonly slug: string
  readonly className?: string
}

/** An agent's arch as a picture of its own. It always stands beside the name, so it says nothing itself. */
export const ArchIcon = ({ slug, className }: ArchIconProps) => (
  <svg viewBox={`0 0 ${archSize} ${archSize}`} className={`arch ${className ?? ''}`} aria-hidden="true">
    <ArchTile slug={slug} />
  </svg>
)

/** The same inside another drawing, in a square of 64 units. */
export function ArchTile({ slug }: { slug: string }) {
  const { palette, shapes } = drawArch(slug)
  return (
    <>
      <rect className="arch-ground" width={archSize} height={archSize} rx={archRadius} fill={palette.ground} />
      {shapes.map((shape, place) => (
        <Shape key={place} shape={shape} stroke={palette.figure} />
      ))}
    </>
  )
}

function Shape({ shape, stroke }: { shape: ArchShape; stroke: string }) {
  if (shape.kind === 'bay') return <path d={shape.path} fill={shape.fill} />
  return <path d={`M${shape.x1} ${shape.y}H${shape.x2}`} stroke={stroke} strokeWidth={shape.width} />
}
