import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { pictureBomb, pngHead } from '../../../test/support/pictures.ts'
import { processorTime } from '../../../test/support/processor.ts'
import { sizeOf } from './size.ts'
import { isUnpackable, KEPT_PX, smallPicture, writtenPicture } from './small.ts'

const picture = (width: number, height: number, format: 'png' | 'jpeg' | 'gif' | 'webp' = 'png') =>
  sharp({ create: { width, height, channels: 3, background: '#c00' }, limitInputPixels: false })
    .toFormat(format)
    .toBuffer()
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')

describe('a picture that is kept', () => {
  test.each(['png', 'jpeg', 'gif'] as const)('stays as it is when it is a small %s, if it may', async (format) => {
    const bytes = await picture(300, 100, format)
    expect(await smallPicture(bytes, 'a', { keep: true })).toEqual({ bytes, mimetype: `image/${format}` })
  })

  test.each([
    ['png', 3_000, 600, [1_200, 240], 'image/png'],
    ['jpeg', 600, 3_000, [240, 1_200], 'image/jpeg'],
    ['gif', 2_400, 2_400, [1_200, 1_200], 'image/png'],
    ['png', 60, 20, [60, 20], 'image/png'],
  ] as const)('is drawn small, but never larger: %s %i × %i', async (format, width, height, [w, h], mimetype) => {
    const small = (await smallPicture(await picture(width, height, format), 'a'))!
    expect(small.mimetype).toBe(mimetype)
    expect(sizeOf(small.bytes)).toEqual([w, h])
  })

  test('stands upright, and brings nothing along but what is seen', async () => {
    const photo = await sharp(await picture(400, 100, 'jpeg'))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    for (const keep of [true, false]) {
      const small = (await smallPicture(photo, 'a', { keep }))!
      expect(sizeOf(small.bytes)).toEqual([100, 400])
      const { exif, orientation } = await sharp(small.bytes).metadata()
      expect([exif, orientation]).toEqual([undefined, undefined])
    }
  })

  test('is refused by its head alone when it has too many pixels', async () => {
    const bomb = pictureBomb()
    const used_ms = processorTime()
    expect(isUnpackable(bomb)).toBe(false)
    expect(await smallPicture(bomb, 'a')).toBeNull()
    expect(used_ms()).toBeLessThan(500)
    expect([isUnpackable(pngHead(7_000, 7_000)), isUnpackable(pngHead(0, 5)), isUnpackable(pngHead(8_000, 8_000))]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('of a lie in its head, of half its bytes or of none is not a picture', async () => {
    const whole = await picture(300, 100)
    for (const bytes of [
      pngHead(300, 100),
      whole.subarray(0, 60),
      await picture(30, 10, 'webp'),
      Buffer.alloc(0),
      Buffer.from('GIF89a'),
    ])
      for (const keep of [true, false]) expect(await smallPicture(bytes, 'a', { keep }), md5(bytes)).toBeNull()
  })

  test('of fifty million pixels is drawn within its bounds', { timeout: 60_000 }, async () => {
    const small = await smallPicture(await picture(7_000, 7_000), 'a')
    expect(small && sizeOf(small.bytes)).toEqual([KEPT_PX, KEPT_PX])
  })
})

test('a word that breaks the rules of its markup is not a picture', async () => {
  const writing = { markup: '<span>a', font: 'Inter', fontfile: 'none', width: 100, height: 20 }
  expect(await writtenPicture(writing, 'a')).toBeNull()
})
