import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { paths } from '../paths.ts'
import { billFromXml } from './xml-bill.ts'

const file = (name: string) => readFileSync(join(paths.root, 'test', 'bills', 'field', name), 'utf8')
const ubl = file('plain.xml')
const cii = file('plain-cii.xml')

const read = (xml: string, ...changes: (readonly [string, string])[]) =>
  billFromXml(
    Buffer.from(
      changes.reduce((text, [from, to]) => {
        expect(text).toContain(from)
        return text.replaceAll(from, to)
      }, xml),
    ),
  )

const allowance = (indicator: string) =>
  `<cac:AllowanceCharge><cbc:ChargeIndicator>${indicator}</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">10.00</cbc:Amount></cac:AllowanceCharge><cac:TaxTotal>`
const ciiAllowance = (indicator: string) =>
  `<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>${indicator}</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>10.00</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge><ram:SpecifiedTradeSettlementHeaderMonetarySummation>`

test.each([
  ['true', 10],
  ['1', 10],
  ['false', -10],
  ['0', -10],
])('the indicator %s makes 10.00 a charge of %d', async (indicator, amount) => {
  const charges = [expect.objectContaining({ amount })]
  expect(await read(ubl, ['<cac:TaxTotal>', allowance(indicator)])).toMatchObject({ charges })
  expect(await read(cii, ['<ram:SpecifiedTradeSettlementHeaderMonetarySummation>', ciiAllowance(indicator)])).toMatchObject({
    charges,
  })
})

test('a currency in small letters is that currency', async () => {
  expect(await read(ubl, ['>EUR<', '>eur<'])).toMatchObject({ currency: 'EUR', tax_amount: 19, total: 119 })
  expect(await read(cii, ['>EUR<', '>eur<'])).toMatchObject({ currency: 'EUR', tax_amount: 19, total: 119 })
})

test.each(['2031-02-30', '0000-00-00', '20310230', '10.01.2031', '2031-13-01'])('%s is no day', async (written) => {
  expect(await read(ubl, ['2031-01-10', written])).toMatchObject({ issued_at: null, total: 119 })
})

describe('a sum that is no amount is not made up from the others', () => {
  test.each(['1,119.00', '119,00', '1.19E2', 'EUR 119.00', '99999999999999999999.00'])('%s', async (written) => {
    const refused = expect.stringContaining(`"${written}", which is not an amount`)
    expect(await read(ubl, ['>119.00<', `>${written}<`])).toEqual({ refused })
    expect(await read(cii, ['>119.00<', `>${written}<`])).toEqual({ refused })
  })

  test('nor is one in another currency', async () => {
    expect(await read(ubl, ['TaxInclusiveAmount currencyID="EUR"', 'TaxInclusiveAmount currencyID="USD"'])).toEqual({
      refused: 'The TaxInclusiveAmount of the XML is in USD, the document in EUR',
    })
  })
})

test('what the total is rounded by is read', async () => {
  const rounding = '<cbc:PayableRoundingAmount currencyID="EUR">0.02</cbc:PayableRoundingAmount><cbc:PayableAmount'
  expect(await read(ubl, ['<cbc:PayableAmount', rounding])).toMatchObject({ rounding: 0.02 })
  const rounded = '<ram:RoundingAmount>-0.01</ram:RoundingAmount><ram:DuePayableAmount>'
  expect(await read(cii, ['<ram:DuePayableAmount>', rounded])).toMatchObject({ rounding: -0.01 })
})

test('an account whose check digits are wrong is kept, and doubted', async () => {
  const doubts = [expect.stringContaining('DE89370400440532013001 is no IBAN')]
  for (const xml of [ubl, cii]) {
    expect(await read(xml, ['DE89370400440532013000', 'DE89 3704 0044 0532 0130 01'])).toMatchObject({
      seller: { iban: 'DE89370400440532013001' },
      doubts,
    })
    expect(await read(xml)).toMatchObject({ doubts: [] })
  }
})
