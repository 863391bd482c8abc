import fc from 'fast-check'
import jsqr from 'jsqr'
import { encode } from 'uqr'
import { describe, expect, test } from 'vitest'
import { isQrIban, qrReference, type SwissOrder, swissBill } from './swiss-qr.ts'

const creditor = { name: 'Robert Schneider AG', street: 'Rue du Lac 1268', postal_code: '2501', city: 'Biel', country: 'CH' }
const debtor = {
  name: 'Pia-Maria Rutschmann',
  street: 'Grosse Marktgasse 28',
  postal_code: '9400',
  city: 'Rorschach',
  country: 'CH',
}
const order: SwissOrder = {
  iban: 'CH58 0079 1123 0008 8901 2',
  currency: 'CHF',
  amount: 194975,
  creditor,
  debtor,
  number: 'INV-00042',
}
const QR_IBAN = 'CH4431999123000889012'

test('a bill says who gets what from whom, in 31 lines that end in EPD', () => {
  expect(swissBill(order)?.payload.split('\n')).toEqual([
    'SPC',
    '0200',
    '1',
    'CH5800791123000889012',
    'S',
    'Robert Schneider AG',
    'Rue du Lac 1268',
    '',
    '2501',
    'Biel',
    'CH',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '1949.75',
    'CHF',
    'S',
    'Pia-Maria Rutschmann',
    'Grosse Marktgasse 28',
    '',
    '9400',
    'Rorschach',
    'CH',
    'NON',
    '',
    'INV-00042',
    'EPD',
  ])
})

test('what is printed is what the code holds, in groups', () => {
  expect(swissBill(order)).toMatchObject({
    iban: 'CH58 0079 1123 0008 8901 2',
    amount: '1 949.75',
    creditor: ['Robert Schneider AG', 'Rue du Lac 1268', '2501 Biel'],
    debtor: ['Pia-Maria Rutschmann', 'Grosse Marktgasse 28', '9400 Rorschach'],
    reference: null,
    message: 'INV-00042',
  })
  expect(swissBill({ ...order, debtor: { ...debtor, country: 'DE' } })?.debtor?.at(-1)).toBe('DE-9400 Rorschach')
  expect(swissBill({ ...order, amount: 123_456_789 })?.amount).toBe('1 234 567.89')
})

test('an account that wants a reference gets the number with its check digit', () => {
  expect([isQrIban(QR_IBAN), isQrIban('CH5800791123000889012')]).toEqual([true, false])
  // The example of SIX: 21 00000 00003 13947 14300 0901 and its check digit 7.
  expect(qrReference('21000000000313947143000901')).toBe('210000000003139471430009017')
  expect(swissBill({ ...order, iban: QR_IBAN })).toMatchObject({ reference: '00 00000 00000 00000 00000 00420', message: null })
  expect(swissBill({ ...order, iban: QR_IBAN, number: 'ABC' })).toBeNull()
})

describe('there is none', () => {
  test.each<[string, Partial<SwissOrder>]>([
    ['in another currency', { currency: 'USD' }],
    ['for an account elsewhere', { iban: 'DE89370400440532013000' }],
    ['for an account that is not an IBAN', { iban: 'CH5900791123000889012' }],
    ['without an account', { iban: null }],
    ['when nothing is to be paid', { amount: 0 }],
    ['beyond 999,999,999.99', { amount: 100_000_000_000 }],
    ['for a creditor without a town', { creditor: { ...creditor, city: ' ' } }],
  ])('%s', (_, changes) => expect(swissBill({ ...order, ...changes })).toBeNull())
})

/** The code as a camera sees it: four pixels a module, a white margin, and the cross in the middle. */
function photographed(payload: string): string | undefined {
  const { data, size } = encode(payload, { ecc: 'M', boostEcc: false, border: 0 })
  const [scale, margin] = [4, 16]
  const width = size * scale + 2 * margin
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255)
  const middle = width / 2
  const half = (size * scale * 7) / 46 / 2
  for (let y = 0; y < size * scale; y++)
    for (let x = 0; x < size * scale; x++) {
      const [px, py] = [x + margin, y + margin]
      const inCross = Math.abs(px - middle) < half && Math.abs(py - middle) < half
      const isWhite = inCross && (Math.abs(px - middle) < half * 0.17 || Math.abs(py - middle) < half * 0.17)
      const dark = inCross ? !isWhite : data[Math.floor(y / scale)]?.[Math.floor(x / scale)]
      if (dark) pixels.fill(0, (py * width + px) * 4, (py * width + px) * 4 + 3)
    }
  return (jsqr as unknown as typeof jsqr.default)(pixels, width, width)?.data
}

test('the code is read with the cross in it, whatever the names are', () => {
  const name = fc
    .string({ unit: fc.constantFrom(...'abcXYZ äöüéßñ&<>"0123'), minLength: 1, maxLength: 70 })
    .filter((text) => text.trim() !== '')
  fc.assert(
    fc.property(
      name,
      name,
      fc.integer({ min: 1, max: 99_999_999_999 }),
      fc.constantFrom(QR_IBAN, order.iban),
      (a, b, amount, iban) => {
        const bill = swissBill({ ...order, iban, amount, creditor: { ...creditor, name: a }, debtor: { ...debtor, name: b } })
        expect(photographed(bill?.payload ?? '')).toBe(bill?.payload)
        expect(bill?.payload.split('\n')).toHaveLength(31)
      },
    ),
    { numRuns: 25 },
  )
})
