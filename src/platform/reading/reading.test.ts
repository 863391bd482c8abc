import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readFile } from './reading.ts'

const nobody = { names: [], vat_ids: [], ids: [], ibans: [] }
const picture = (format: 'png' | 'jpeg' | 'tiff') =>
  sharp({ create: { width: 900, height: 1200, channels: 3, background: 'white' } })
    .toFormat(format)
    .toBuffer()
/** A file that was cut off on its way, and one whose middle was lost. */
const damaged = (bytes: Buffer) => [bytes.subarray(0, bytes.length / 2), Buffer.from(bytes).fill(7, 60, bytes.length - 20)]

test('a scan that there was no time for says so, and names the setting', async () => {
  expect(await readFile(await picture('png'), 'image/png', nobody, { scan_s: 0.41 })).toEqual({
    refused: 'The file could not be read in time: a scan may take 0.41 seconds (the setting SCAN_SECONDS of the server)',
    late: true,
    fault: expect.stringContaining('longer than'),
  })
})

describe('why a file is not read is said in our words, never in those of a library', () => {
  const OURS = /^(?:The (?:file|picture|XML) [a-z ]+(?:: [a-z ]+)?|XML with a document type is not read)$/
  test.each(['png', 'jpeg', 'tiff'] as const)('%s', async (format) => {
    for (const bytes of damaged(await picture(format))) {
      const outcome = await readFile(bytes, `image/${format}`, nobody, { scan_s: 30 })
      expect('refused' in outcome && outcome.refused).toMatch(OURS)
    }
  })
  test.each([
    ['application/pdf', Buffer.from('%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\ntrailer <</Root 1 0 R>>')],
    ['application/pdf', Buffer.from('%PDF-1.7 \0\0\0')],
    ['application/xml', Buffer.from('<?xml version="1.0"?><Invoice xmlns="urn:x"><a></b></Invoice>')],
    ['application/xml', Buffer.from('<?xml version="1.0"?><Invoice xmlns="urn:x" a="1" a="2"/>')],
    ['application/xml', Buffer.from('<?xml version="1.0" encoding="UTF-16"?>\0<')],
  ])('%s', async (mimetype, bytes) => {
    const outcome = await readFile(bytes, mimetype, nobody)
    expect('refused' in outcome && outcome.refused).toMatch(/^The (?:file|XML) /)
    expect('refused' in outcome && outcome.refused).not.toMatch(/Error|undefined|exception|buffer|xref|\bat \w+/i)
  })
})
