// Where everything of the bridge stands, in units of its drawing. Pure numbers: bridge.tsx draws them.

export interface BridgePlan {
  readonly width: number
  readonly height: number
  readonly bays: readonly BayPlan[]
  /** Side of the square picture in a bay. */
  readonly tile: number
  readonly portico: string
  readonly roof: string
  readonly parapet: string
  readonly greatArch: string
  readonly water: readonly { readonly from: number; readonly to: number; readonly y: number }[]
}

export interface BayPlan {
  /** Outline of the shop's arch. */
  readonly path: string
  readonly tileX: number
  readonly tileY: number
}

interface BridgeSize {
  readonly baysPerSide: number
  readonly width: number
  /** From one bay's middle to the next one's. */
  readonly pitch: number
  readonly pier: number
  /** How much higher each bay stands towards the middle. */
  readonly step: number
  readonly porticoWidth: number
  readonly tile: number
  /** Free height under the crown of the great arch. */
  readonly rise: number
  /** Half of the great arch's opening at the water. */
  readonly halfSpan: number
}

/** The whole bridge, seven shops a side, with room under its arch for the heading and the search. */
export const wideBridge: BridgePlan = planBridge({
  baysPerSide: 7,
  width: 1200,
  pitch: 72,
  pier: 16,
  step: 15,
  porticoWidth: 104,
  tile: 44,
  rise: 272,
  halfSpan: 452,
})

/** For phones: three shops a side, each as large as a thumb. */
export const narrowBridge: BridgePlan = planBridge({
  baysPerSide: 3,
  width: 358,
  pitch: 48,
  pier: 6,
  step: 9,
  porticoWidth: 54,
  tile: 34,
  rise: 44,
  halfSpan: 128,
})

function planBridge(size: BridgeSize): BridgePlan {
  const { baysPerSide, width, pitch, pier, step, porticoWidth, tile, rise, halfSpan } = size
  const middle = width / 2
  const bayWidth = pitch - pier
  const radius = bayWidth / 2
  const wall = tile - radius * 0.62
  const bayHeight = wall + radius
  const slope = step / pitch

  // The portico's sill is the highest; everything is measured down from its gable.
  const gable = porticoWidth * 0.3
  const porticoRadius = porticoWidth * 0.29
  const roofGap = radius * 0.5
  const innerSill = gable + roofGap * 3.2 + bayHeight + step
  const porticoSill = innerSill - step
  const sillAt = (place: number): number => innerSill + place * step
  const offsetAt = (place: number): number => porticoWidth / 2 + pitch / 2 + place * pitch
  const along = (offset: number, atPortico: number): number => atPortico + slope * (offset - porticoWidth / 2)

  const roofAtPortico = innerSill - bayHeight - roofGap - slope * (pitch / 2)
  const parapetAtPortico = innerSill + radius * 0.3 - slope * (pitch / 2) + step * 0.5
  const crown = parapetAtPortico + radius * 1.1
  const waterY = crown + rise
  const endOffset = porticoWidth / 2 + baysPerSide * pitch + pier
  const sides = [-1, 1] as const

  const bayAt = (side: -1 | 1, place: number): BayPlan => {
    const x = middle + side * offsetAt(place)
    const sill = sillAt(place)
    const [left, right, spring] = [r(x - radius), r(x + radius), r(sill - wall)]
    return {
      path: `M${left} ${r(sill)}V${spring}A${r(radius)} ${r(radius)} 0 0 1 ${right} ${spring}V${r(sill)}Z`,
      tileX: r(x - tile / 2),
      tileY: r(sill - tile - 3),
    }
  }
  const places = Array.from({ length: baysPerSide }, (_, place) => place)
  const outerToInner = places.toReversed().map((place) => bayAt(-1, place))
  const innerToOuter = places.map((place) => bayAt(1, place))

  const wallX = porticoWidth / 2
  const eaves = gable + roofGap * 0.9
  const cornice = porticoWidth / 2 + radius * 0.22
  const spring = porticoSill - wall * 1.05
  const portico = [
    `M${r(middle - wallX)} ${r(parapetAtPortico)}V${r(eaves)}M${r(middle + wallX)} ${r(parapetAtPortico)}V${r(eaves)}`,
    `M${r(middle - cornice)} ${r(eaves)}H${r(middle + cornice)}M${r(middle - cornice)} ${r(gable)}H${r(middle + cornice)}`,
    `M${r(middle - cornice)} ${r(gable)}V${r(eaves)}M${r(middle + cornice)} ${r(gable)}V${r(eaves)}`,
    `M${r(middle - cornice)} ${r(gable)}L${r(middle)} 1L${r(middle + cornice)} ${r(gable)}`,
    arch(middle, porticoRadius, spring, porticoSill),
    arch(middle, porticoRadius * 0.72, spring, porticoSill),
    `M${r(middle - wallX)} ${r(porticoSill)}H${r(middle + wallX)}`,
  ].join('')

  const rake = (atPortico: number, from: number, to: number): string =>
    sides
      .map((side) => {
        const [inner, outer] = [r(middle + side * from), r(middle + side * to)]
        return `M${inner} ${r(along(from, atPortico))}L${outer} ${r(along(to, atPortico))}`
      })
      .join('')
  const ends = sides
    .map((side) => `M${r(middle + side * endOffset)} ${r(along(endOffset, roofAtPortico))}V${r(waterY)}`)
    .join('')
  const stairs = sides
    .map((side) =>
      places
        .map((place) => {
          const [inner, outer] = [offsetAt(place) - pitch / 2, offsetAt(place) + pitch / 2]
          const tread = `M${r(middle + side * inner)} ${r(sillAt(place))}H`
          const isLast = place === baysPerSide - 1
          return isLast
            ? `${tread}${r(middle + side * endOffset)}`
            : `${tread}${r(middle + side * outer)}V${r(sillAt(place + 1))}`
        })
        .join(''),
    )
    .join('')

  const ring = radius * 0.42
  return {
    width,
    height: r(waterY + 28),
    tile,
    bays: [...outerToInner, ...innerToOuter],
    portico,
    roof: `${rake(roofAtPortico, wallX, endOffset + pier * 0.6)}${rake(roofAtPortico + roofGap * 0.42, wallX, endOffset)}${ends}`,
    parapet: `${stairs}${rake(parapetAtPortico, wallX, endOffset)}M${r(middle - wallX)} ${r(parapetAtPortico)}H${r(middle + wallX)}`,
    greatArch: `${span(middle, halfSpan, crown, waterY)}${span(middle, halfSpan + ring, crown - ring, waterY)}`,
    water: [0, 1, 2].map((row) => ({
      from: row * width * 0.05,
      to: width - row * width * 0.05,
      y: waterY + 4 + row * 9,
    })),
  }
}

function arch(middle: number, radius: number, spring: number, sill: number): string {
  const [left, right] = [r(middle - radius), r(middle + radius)]
  return `M${left} ${r(sill)}V${r(spring)}A${r(radius)} ${r(radius)} 0 0 1 ${right} ${r(spring)}V${r(sill)}`
}

/** A segmental arch from the water over its crown and back. */
function span(middle: number, half: number, crown: number, waterY: number): string {
  const rise = waterY - crown
  const radius = r((half ** 2 + rise ** 2) / (2 * rise))
  return `M${r(middle - half)} ${r(waterY)}A${radius} ${radius} 0 0 1 ${r(middle + half)} ${r(waterY)}`
}

function r(value: number): number {
  return Math.round(value * 10) / 10
}
