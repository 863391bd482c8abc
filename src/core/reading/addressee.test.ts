import { describe, expect, test } from 'vitest'
import { addressedElsewhere, mayBeOne } from './addressee.ts'

const own = { names: ['Spreewerk GmbH'], vat_ids: ['DE 811 907 980'], ids: [], ibans: [] }
const buyer = (name: string | null, vat_id: string | null = null) => ({ name, vat_id })

describe('a bill is for somebody else', () => {
  test.each([
    buyer('Brasserie du Canal SARL'),
    buyer('Brasserie du Canal SARL', 'FR40303265045'),
    buyer(null, 'DE136695976'),
    buyer('Spreewerk GmbH', 'DE136695976'),
  ])('%o', (named) => expect(addressedElsewhere(named, own)).toEqual(named))
})

describe('a bill is, or may be, for the company', () => {
  test.each([
    buyer(null),
    buyer('Spreewerk GmbH'),
    buyer('SPREEWERK'),
    buyer('Spreewerk GmbH, Einkauf'),
    buyer('Spreewerk G.m.b.H.'),
    buyer('Spreevverk GmbH'),
    buyer('Some other name', 'DE811907980'),
    buyer('Some other name', '811907980'),
    buyer('Spreewerk GmbH', 'ATU99999999'),
    buyer(null, 'ATU99999999'),
  ])('%o', (named) => expect(addressedElsewhere(named, own)).toBeNull())

  test('as long as it has told nothing of itself', () => {
    const nobody = { names: [], vat_ids: [], ids: [], ibans: [] }
    expect(addressedElsewhere(buyer('Brasserie du Canal SARL', 'FR40303265045'), nobody)).toBeNull()
  })
})

test('two names may be those of one company when one holds the other, or most of their letters are the same', () => {
  expect(mayBeOne('Officine Arno S.r.l.', 'OFFICINE ARNO')).toBe(true)
  expect(mayBeOne('Müller & Söhne KG', 'Mueller und Soehne')).toBe(true)
  expect(mayBeOne('Grachtenhuis B.V.', 'Talleres Ebro S.L.')).toBe(false)
})
