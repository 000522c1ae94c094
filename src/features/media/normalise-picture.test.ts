import { deflateSync, crc32 } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { normalisePicture } from './normalise-picture.ts'

const draw = ({ width = 64, height = 48 } = {}) =>
  sharp({ create: { width, height, channels: 3, background: '#a8321f' } })

const taken = async (upload: Buffer) => {
  const result = await normalisePicture(upload, { fitWithin: 512 })
  return result.kind === 'picture' ? result.picture : result.problem
}

/** A PNG whose header promises these pixels, and whose data holds none of them. */
function promising(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), body])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(9))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

describe('a picture that somebody uploads', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('as %s is drawn anew as WebP', async (type) => {
    const picture = await taken(await draw().toFormat(type).toBuffer())
    expect(picture).toMatchObject({ mimeType: 'image/webp', width: 64, height: 48 })
  })

  it('keeps nothing of where it was taken, and stands upright', async () => {
    const upload = await draw()
      .jpeg()
      .withExif({ IFD0: { Copyright: 'a secret place' } })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    expect(await sharp(upload).metadata()).toMatchObject({ exif: expect.anything(), orientation: 6 })
    const picture = await taken(upload)
    expect(picture).toMatchObject({ width: 48, height: 64 })
    const { exif, xmp, iptc, orientation } = await sharp((picture as { bytes: Buffer }).bytes).metadata()
    expect({ exif, xmp, iptc, orientation }).toEqual({})
  })

  it('is made smaller, never larger', async () => {
    expect(await taken(await draw({ width: 2_000, height: 1_000 }).png().toBuffer())).toMatchObject({
      width: 512,
      height: 256,
    })
  })

  it('has the same address each time', async () => {
    const upload = await draw().png().toBuffer()
    expect(await taken(upload)).toEqual(await taken(upload))
  })

  it.each([
    [
      'a document',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'not_a_picture',
    ],
    ['a moving picture of another kind', Buffer.from('GIF89a\x01\x00\x01\x00'), 'not_a_picture'],
    ['nothing', Buffer.alloc(0), 'not_a_picture'],
    ['a beginning without an end', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'broken'],
    ['more pixels than anybody needs', promising(60_000, 60_000), 'too_many_pixels'],
    ['a strip of pixels', promising(60_000, 40), 'too_many_pixels'],
    ['pixels that are not there', promising(1_000, 1_000), 'broken'],
    ['more bytes than allowed', Buffer.alloc(2 * 1024 * 1024 + 1, 0xff), 'too_many_bytes'],
  ])('that is %s is refused', async (_what, upload, problem) => {
    expect(await taken(upload)).toBe(problem)
  })

  it('too small to be seen is refused', async () => {
    expect(await taken(await draw({ width: 16, height: 16 }).png().toBuffer())).toBe('too_few_pixels')
  })
})
