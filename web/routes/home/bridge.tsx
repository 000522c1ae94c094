import type { AgentCard } from '#src/features/catalog/index.ts'
import { href } from 'react-router'
import { classNames } from '../../ui/class-names.ts'
import { ArchTile } from '../../ui/arch/arch-icon.tsx'
import { archSize } from '../../ui/arch/draw.ts'
import { wave } from '../../shell/water.tsx'
import { type BayPlan, type BridgePlan } from './bridge-plan.ts'

interface BridgeProps {
  readonly plan: BridgePlan
  readonly agents: readonly AgentCard[]
  readonly className?: string
}

/** The bridge in line; each shop holds an agent of the catalogue and leads to it. Shops without one stay unlit. */
export function Bridge({ plan, agents, className }: BridgeProps) {
  return (
    <svg viewBox={`0 0 ${plan.width} ${plan.height}`} className={classNames('line-art h-auto w-full', className)}>
      <path d={plan.roof} />
      <path d={plan.parapet} />
      <path d={plan.greatArch} />
      <path d={plan.portico} />
      {plan.water.map((line) => (
        <path key={line.y} d={wave(line)} className="text-canal" />
      ))}
      {plan.bays.map((bay, place) => (
        <Shop key={bay.path} bay={bay} tile={plan.tile} agent={agents[place]} />
      ))}
    </svg>
  )
}

function Shop({ bay, tile, agent }: { bay: BayPlan; tile: number; agent: AgentCard | undefined }) {
  if (agent === undefined) return <path d={bay.path} className="text-control" />
  return (
    <a href={href('/agents/:slug', { slug: agent.slug })} className="shop">
      <title>{agent.name}</title>
      <path d={bay.path} className="shop-arch" />
      <svg
        x={bay.tileX}
        y={bay.tileY}
        width={tile}
        height={tile}
        viewBox={`0 0 ${archSize} ${archSize}`}
        className="shop-tile"
      >
        <ArchTile slug={agent.slug} />
      </svg>
    </a>
  )
}
