import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { paths } from '../../src/platform/paths.ts'
import { heicSize } from '../../src/platform/reading/heic.ts'
import { readFile } from '../../src/platform/reading/reading.ts'

/** A bill of ours as a telephone keeps it (drawn by `bench/bills`, made HEIC by heif-enc). */
const telephone = readFileSync(join(paths.root, 'test', 'bills', 'telephone.heic'))
const own = { names: ['Lindqvist & Moor Handels GmbH'], vat_ids: [], ids: [], ibans: [] }
const read = (bytes: Buffer) => readFile(bytes, 'image/heic', own, { scan_s: 60 })

/** The same file, whose head says another size. */
function saying(width: number, height: number): Buffer {
  const bytes = Buffer.from(telephone)
  for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 1)) {
    bytes.writeUInt32BE(width, at + 8)
    bytes.writeUInt32BE(height, at + 12)
  }
  return bytes
}

describe('a bill in HEIC', () => {
  test('is read like any other picture', async () => {
    expect(await read(telephone)).toMatchObject({
      way: 'ocr',
      bill: {
        document_id: '2031-167',
        issued_at: '2031-09-28',
        currency: 'EUR',
        total: 189.89,
        subtotal: 159.57,
        tax_amount: 30.32,
      },
    })
  })

  test('says its size before it is unpacked', () => {
    expect(heicSize(telephone)).toEqual({ width: 1240, height: 1752 })
    expect(heicSize(saying(90_000, 70_000))).toEqual({ width: 90_000, height: 70_000 })
    expect(heicSize(Buffer.from('\0\0\0\x18ftypheic'))).toBeNull()
  })

  test.each([
    ['too large', saying(90_000, 70_000), /^A picture of 90000 × 70000 pixels is too large/],
    ['too small', saying(20, 20), /./],
    ['cut off', telephone.subarray(0, 6_000), /^The file can not be read: it is damaged$/],
    ['nothing but a head', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /says no size$/],
  ])('%s: refused with the reason', async (_kind, bytes, reason) => {
    const outcome = await read(bytes)
    expect('refused' in outcome && outcome.refused).toMatch(reason)
  })
})
