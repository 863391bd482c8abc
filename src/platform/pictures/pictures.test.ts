import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { draw, drawable, PAGES_MAX } from './pictures.ts'

/** A PDF of so many pages, each with a coloured bar; written by hand, so that every fault in it is ours. */
function pdf(pages: number, [width, height] = [595, 842]): Buffer {
  const kids = Array.from({ length: pages }, (_, i) => `${3 + 2 * i} 0 R`).join(' ')
  const objects = [`<</Type/Catalog/Pages 2 0 R>>`, `<</Type/Pages/Kids[${kids}]/Count ${pages}>>`]
  for (let i = 0; i < pages; i++) {
    const content = `1 0 0 rg 50 50 200 ${100 + i} re f`
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Contents ${4 + 2 * i} 0 R>>`)
    objects.push(`<</Length ${content.length}>>stream\n${content}\nendstream`)
  }
  let text = '%PDF-1.4\n'
  const places = objects.map((object, i) => {
    const at = text.length
    text += `${i + 1} 0 obj${object}endobj\n`
    return at
  })
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  text += places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(`${text}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF`)
}

test('each page of a PDF becomes a picture, and the first one previews, in its true colours', async () => {
  const { pages, previews } = (await draw(pdf(3), 'application/pdf'))!
  expect(pages.map(({ number }) => number)).toEqual([0, 1, 2])
  const { width, height, format } = await sharp(pages[0]!.bytes).metadata()
  expect(format).toBe('png')
  expect(Math.max(width!, height!)).toBeLessThanOrEqual(1602)
  expect(previews.map(({ width }) => width)).toEqual([200, 600])
  const { data, info } = await sharp(pages[0]!.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
  expect(at(5, 5)).toEqual([255, 255, 255])
  expect(at(Math.round(info.width * 0.2), Math.round(info.height * 0.9))).toEqual([255, 0, 0])
})

test('a picture gets previews, upright and never larger than it is', async () => {
  const photo = await sharp({ create: { width: 400, height: 100, channels: 3, background: 'teal' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  const { pages, previews } = (await draw(photo, 'image/jpeg'))!
  expect(pages).toEqual([])
  expect(previews.map(({ width, height }) => [width, height])).toEqual([[100, 400]])
})

test('a book is drawn up to its fiftieth page, a strip of a page within bounds', async () => {
  const book = (await draw(pdf(60, [60, 80]), 'application/pdf'))!
  expect(book.pages).toHaveLength(PAGES_MAX)
  const strip = (await draw(pdf(1, [14_000, 3]), 'application/pdf'))!
  expect((await sharp(strip.pages[0]!.bytes).metadata()).width).toBeLessThanOrEqual(1602)
})

test('what can’t be read has no pictures, and harms nobody', async () => {
  const whole = pdf(2)
  for (const bytes of [
    Buffer.from('%PDF-1.7 nothing'),
    whole.subarray(0, 200),
    Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(50_000)]),
    Buffer.alloc(0),
  ])
    expect((await draw(bytes, 'application/pdf')) ?? { pages: [] }).toMatchObject({ pages: [] })
  for (const bytes of [randomBytes(1000), Buffer.from('GIF89a')]) expect(await draw(bytes, 'image/png')).toBeNull()
  expect(await draw(whole, 'application/pdf', { timeout_ms: 5, memory_mb: 512 })).toBeNull()
})

test('a picture of fifteen thousand pixels square is not unfolded', async () => {
  const bomb = await sharp({
    create: { width: 15_000, height: 15_000, channels: 3, background: 'black' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer()
  expect(bomb.length).toBeLessThan(3_000_000)
  expect(await draw(bomb, 'image/png')).toBeNull()
})

test('programs and pages of the web are not drawn', () => {
  expect(['text/html', 'image/svg+xml', 'application/zip', 'image/heic'].map(drawable)).toEqual([false, false, false, false])
})
