// A program of its own: draws the picture on its standard input small, or writes a word. See small.ts.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import type { Writing } from './small.ts'

const [folder = '', what = '', longest = '1'] = process.argv.slice(2)
const PIXELS_MAX = 50_000_000

sharp.cache(false)
sharp.concurrency(1)

const input = await buffer(process.stdin)
if (what === 'write') await write(JSON.parse(input.toString()) as Writing)
else await redraw()

async function write({ markup, ...how }: Writing): Promise<void> {
  await answer(
    'png',
    await sharp({ text: { text: markup, rgba: true, ...how } })
      .png()
      .toBuffer(),
  )
}

async function redraw(): Promise<void> {
  const picture = () => sharp(input, { limitInputPixels: PIXELS_MAX })
  const { format, width, height, pages = 1, orientation = 1 } = await picture().metadata()
  if (!['png', 'jpeg', 'gif'].includes(format)) return
  const isSmall = Math.max(width, height) <= Number(longest) && pages === 1 && orientation === 1
  if (what === 'keep' && isSmall) {
    // Reads it to its end: what breaks off is refused.
    await picture().stats()
    return answer(format === 'jpeg' ? 'jpg' : format, input)
  }
  const side = Number(longest)
  const small = picture()
    .rotate()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
  if (format === 'jpeg') await answer('jpg', await small.jpeg({ quality: 90 }).toBuffer())
  else await answer('png', await small.png().toBuffer())
}

function answer(kind: string, bytes: Buffer): Promise<void> {
  return writeFile(join(folder, `picture.${kind}`), bytes)
}
