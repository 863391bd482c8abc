import sharp from 'sharp'
import { pages } from './degrade.ts'
import type { Random } from './random.ts'

/** How a page becomes a picture: drawn, scanned, or photographed. */
export const manners = ['clean', 'scan', 'photo'] as const
export type Manner = (typeof manners)[number]

/**
 * The first page of a PDF as a picture: `clean` as it was drawn at 200 dpi; `scan` a little askew and soft, as JPEG; `photo` 1,000 to 1,600
 * pixels wide, more askew, lit from one side, without much contrast. Only a scan says its resolution, and not always the right one.
 */
export async function pictured(pdf: Uint8Array, manner: Manner, random: Random): Promise<Buffer> {
  const [page] = await pages(pdf, 200)
  if (!page) throw new Error('The PDF has no page')
  if (manner === 'clean') return page.toColourspace('b-w').png().toBuffer()
  if (manner === 'scan')
    return sharp(
      await page
        .rotate((random.next() - 0.5) * 2.4, { background: '#ffffff' })
        .png()
        .toBuffer(),
    )
      .blur(0.5 + random.next() * 0.4)
      .toColourspace('b-w')
      .withMetadata({ density: random.pick([72, 150, 200, 300]) })
      .jpeg({ quality: random.int(42, 60) })
      .toBuffer()
  const turned = await page
    .rotate((random.next() - 0.5) * 5, { background: '#f4f4f4' })
    .png()
    .toBuffer()
  const { data, info } = await sharp(turned)
    .resize({ width: random.int(1000, 1600) })
    .blur(0.4 + random.next() * 0.3)
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const [dark, lit, side] = [random.int(35, 70), random.int(190, 225), random.int(15, 45)]
  const grain = 3 + random.next() * 6
  const grey = Buffer.alloc(info.width * info.height)
  for (let at = 0; at < grey.length; at++) {
    const x = (at % info.width) / info.width
    const noise = (random.next() + random.next() - 1) * grain
    grey[at] = Math.max(0, Math.min(255, dark + (data[at * info.channels]! / 255) * (lit - side * x - dark) + noise))
  }
  return sharp(grey, { raw: { width: info.width, height: info.height, channels: 1 } })
    .jpeg({ quality: random.int(38, 55) })
    .toBuffer()
}
