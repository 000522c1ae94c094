import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { sniffPicture } from './sniff.ts'

/** Of an upload, before it is re-encoded. */
export const pictureBytesMax = 2 * 1024 * 1024
const sideMin = 32
/** A few kilobytes can promise gigabytes of pixels; this many are 64 MB of memory, for a moment. */
const sideMax = 4_096
const workSecondsMax = 10

export interface NormalPicture {
  /** SHA-256 of the bytes in hex. */
  readonly hash: string
  readonly mimeType: 'image/webp'
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
}

/** Why a picture isn't taken. */
export type PictureProblem = 'not_a_picture' | 'too_many_bytes' | 'too_many_pixels' | 'too_few_pixels' | 'broken'

export type NormalisedPicture =
  | { readonly kind: 'picture'; readonly picture: NormalPicture }
  | { readonly kind: 'refused'; readonly problem: PictureProblem }

/**
 * Draws a picture anew, at most `fitWithin` pixels wide and high: nothing of the upload is kept but what it shows, so neither
 * what its camera wrote into it nor what somebody hid in it. Of a moving picture the first image.
 */
export async function normalisePicture(
  upload: Buffer,
  { fitWithin }: { readonly fitWithin: number },
): Promise<NormalisedPicture> {
  const refused = (problem: PictureProblem) => ({ kind: 'refused', problem }) as const
  if (upload.length > pictureBytesMax) return refused('too_many_bytes')
  if (sniffPicture(upload) === undefined) return refused('not_a_picture')
  const source = sharp(upload, { limitInputPixels: sideMax * sideMax, failOn: 'error' })
  try {
    const { width, height } = await source.metadata()
    if (width > sideMax || height > sideMax) return refused('too_many_pixels')
    if (width < sideMin || height < sideMin) return refused('too_few_pixels')
    const { data, info } = await source
      // What its metadata says about turning it goes with the metadata.
      .autoOrient()
      .resize({ width: fitWithin, height: fitWithin, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 90, smartSubsample: true })
      .timeout({ seconds: workSecondsMax })
      .toBuffer({ resolveWithObject: true })
    const hash = createHash('sha256').update(data).digest('hex')
    const { width: shownWidth, height: shownHeight } = info
    return {
      kind: 'picture',
      picture: { hash, mimeType: 'image/webp', bytes: data, width: shownWidth, height: shownHeight },
    }
  } catch (error) {
    // Whatever the decoder has to say of bytes that a stranger chose, there is one thing to do about it.
    if (error instanceof Error) return refused(/pixel limit/i.test(error.message) ? 'too_many_pixels' : 'broken')
    throw error
  }
}
