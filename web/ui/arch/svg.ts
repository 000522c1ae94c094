import { archRadius, archSize, drawArch } from './draw.ts'

/** The arch as a picture file, for what is not rendered here: a script, another site. */
export function archSvg(slug: string): string {
  const { palette, shapes } = drawArch(slug)
  const parts = shapes.map((shape) =>
    shape.kind === 'bay'
      ? `<path d="${shape.path}" fill="${shape.fill}"/>`
      : `<path d="M${shape.x1} ${shape.y}H${shape.x2}" stroke="${palette.figure}" stroke-width="${shape.width}"/>`,
  )
  const ground = `<rect width="${archSize}" height="${archSize}" rx="${archRadius}" fill="${palette.ground}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${archSize} ${archSize}">${ground}${parts.join('')}</svg>`
}
