export type PictureType = 'png' | 'jpeg' | 'webp'

/**
 * What the bytes begin as, whatever their sender calls them; undefined: none of the three. SVG is none on purpose: it is a document
 * that may hold scripts.
 */
export function sniffPicture(bytes: Buffer): PictureType | undefined {
  if (bytes.subarray(0, 8).equals(pngSignature)) return 'png'
  if (bytes.subarray(0, 3).equals(jpegStart)) return 'jpeg'
  const isRiff = bytes.subarray(0, 4).toString('latin1') === 'RIFF'
  return isRiff && bytes.subarray(8, 12).toString('latin1') === 'WEBP' ? 'webp' : undefined
}

/** https://www.w3.org/TR/png-3/#5PNG-file-signature */
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const jpegStart = Buffer.from([0xff, 0xd8, 0xff])
