import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { type Debit, debitFile, earliestDebit, isCreditorIdentifier } from './debits.ts'

const schema = join(import.meta.dirname, '../../../../shared/schemas/iso20022/pain.008.001.09.xsd')
const canValidate = existsSync(schema) && spawnSync('xmllint', ['--version']).status === 0

const mandate = {
  reference: 'M-2026-001',
  signed_on: '2026-01-10',
  scheme: 'core',
  sequence: 'recurrent',
  creditor_identifier: 'DE98ZZZ09999999999',
} as const
const debit = (document: string, changes: Partial<Debit> = {}): Debit => ({
  document,
  amount: 11900,
  currency: 'EUR',
  name: 'Müller & Söhne <Köln>',
  iban: 'DE75 9996 0055 0000 1100 22',
  reference: 'INV-00042',
  intent: `00000000-0000-4000-8000-${document.padStart(12, '0')}`,
  mandate,
  collection_date: null,
  ...changes,
})
const write = (debits: Debit[], { today = '2026-11-30', creditor = 'DE89370400440532013000' } = {}) =>
  debitFile({
    message_id: 'QDD-20261130-1',
    created_at: `${today}T08:00:00Z`,
    today,
    creditor: { name: 'Spreewerk GmbH', iban: creditor },
    debits,
  })
function read(file: string | null) {
  const list = ['PmtInf', 'DrctDbtTxInf']
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => list.includes(name) })
  return parser.parse(file ?? '').Document.CstmrDrctDbtInitn
}

test.each([
  ['DE98ZZZ09999999999', true],
  ['DE98ABC09999999999', true],
  ['FR72ZZZ123456', true],
  ['DE97ZZZ09999999999', false],
  ['DE98ZZZ0999999999', false],
  ['98ZZZ09999999999', false],
  ['', false],
])('%s is the number of a creditor: %s', (text, is) => {
  expect(isCreditorIdentifier(text)).toBe(is)
})

test.each([
  ['2026-11-30', '2026-12-02'],
  ['2026-12-23', '2026-12-28'],
  ['2026-12-24', '2026-12-29'],
  ['2026-04-01', '2026-04-07'],
])('what is handed in on %s is collected on %s at the earliest', (today, day) => {
  expect(earliestDebit(today)).toBe(day)
})

const bern = { line1: 'Bundesplatz 3', postal_code: '3005', city: 'Bern', country: 'CH' }
const swiss = { iban: 'CH9300762011623852957', address: bern }

describe('a file', () => {
  test('says who collects what from whom, by which mandate', () => {
    const { file, debits } = write([debit('1', { collection_date: '2026-12-10' })])
    const { GrpHdr, PmtInf } = read(file)
    expect(GrpHdr).toMatchObject({ MsgId: 'QDD-20261130-1', NbOfTxs: '1', CtrlSum: '119.00' })
    expect(PmtInf[0]).toMatchObject({
      PmtMtd: 'DD',
      PmtTpInf: { SvcLvl: { Cd: 'SEPA' }, LclInstrm: { Cd: 'CORE' }, SeqTp: 'RCUR' },
      ReqdColltnDt: '2026-12-10',
      Cdtr: { Nm: 'Spreewerk GmbH' },
      CdtrSchmeId: { Id: { PrvtId: { Othr: { Id: 'DE98ZZZ09999999999', SchmeNm: { Prtry: 'SEPA' } } } } },
    })
    expect(PmtInf[0].DrctDbtTxInf[0]).toMatchObject({
      PmtId: { EndToEndId: '00000000000040008000000000000001' },
      InstdAmt: '119.00',
      DrctDbtTx: { MndtRltdInf: { MndtId: 'M-2026-001', DtOfSgntr: '2026-01-10' } },
      Dbtr: { Nm: 'Mueller + Soehne Koeln' },
      DbtrAcct: { Id: { IBAN: 'DE75999600550000110022' } },
      RmtInf: { Ustrd: 'INV-00042' },
    })
    expect(debits).toEqual([
      {
        document: '1',
        amount: 11900,
        end_to_end_id: '00000000000040008000000000000001',
        payment_info_id: 'QDD-20261130-1-1',
        collection_date: '2026-12-10',
      },
    ])
  })

  test('has a block for each day, scheme and sequence; a day that is too early or closed becomes the next open one', () => {
    const { file, debits } = write([
      debit('1', { collection_date: '2026-11-30' }),
      debit('2', { collection_date: '2026-12-26' }),
      debit('3', { mandate: { ...mandate, scheme: 'b2b' } }),
      debit('4', { mandate: { ...mandate, sequence: 'one_off' } }),
      debit('5'),
    ])
    expect(debits.map(({ document, collection_date }) => [document, collection_date]).sort()).toEqual([
      ['1', '2026-12-02'],
      ['2', '2026-12-28'],
      ['3', '2026-12-02'],
      ['4', '2026-12-02'],
      ['5', '2026-12-02'],
    ])
    const blocks = read(file).PmtInf.map(
      ({
        PmtTpInf,
        DrctDbtTxInf,
        CtrlSum,
      }: {
        PmtTpInf: { LclInstrm: { Cd: string }; SeqTp: string }
        DrctDbtTxInf: object[]
        CtrlSum: string
      }) => [PmtTpInf.LclInstrm.Cd, PmtTpInf.SeqTp, DrctDbtTxInf.length, CtrlSum],
    )
    expect(blocks).toEqual([
      ['CORE', 'RCUR', 2, '238.00'],
      ['CORE', 'RCUR', 1, '119.00'],
      ['B2B', 'RCUR', 1, '119.00'],
      ['CORE', 'OOFF', 1, '119.00'],
    ])
  })

  test.each<[string, Partial<Debit>, string]>([
    ['another currency', { currency: 'CHF' }, 'CHF is not collected by SEPA'],
    ['nothing', { amount: 0 }, 'has to be 0.01'],
    ['an account without an IBAN', { iban: null }, 'The customer has no IBAN'],
    ['a wrong IBAN', { iban: 'DE76999600550000110022' }, 'is not an IBAN'],
    ['an account outside', { iban: 'US75999600550000110022' }, 'not in SEPA'],
    ['an account in Switzerland of nobody knows whom', { iban: swiss.iban }, 'needs the town and country'],
    ['a name of no letters', { name: '漢字' }, 'no name that a bank can read'],
  ])('leaves %s out, and says why', (_, changes, why) => {
    const { file, refused } = write([debit('1', changes)])
    expect([file, refused]).toEqual([null, [{ document: '1', why: expect.stringContaining(why) }]])
  })

  test('says where the customer lives if one of the accounts is outside of the European Economic Area, and only then', () => {
    const addresses = (creditor: string) =>
      read(write([debit('1', swiss), debit('2', { address: bern })], { creditor }).file).PmtInf[0].DrctDbtTxInf.map(
        ({ Dbtr }: { Dbtr: { PstlAdr?: object } }) => Dbtr.PstlAdr,
      )
    const written = { PstCd: '3005', TwnNm: 'Bern', Ctry: 'CH', AdrLine: 'Bundesplatz 3' }
    expect(addresses('DE89370400440532013000')).toEqual([written, undefined])
    expect(addresses('CH9300762011623852957')).toEqual([written, written])
  })

  test.skipIf(!canValidate)('is valid by the published schema', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quittance-debit-'))
    const { file } = write([
      debit('1'),
      debit('4', swiss),
      debit('2', { bic: 'COBADEFFXXX', reference: 'RF18539007547034' }),
      debit('3', { mandate: { ...mandate, scheme: 'b2b', sequence: 'one_off' } }),
    ])
    const path = join(folder, 'debits.xml')
    writeFileSync(path, file ?? '')
    execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, path], { stdio: 'pipe' })
  })
})
