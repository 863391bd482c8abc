import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readReportFile, readStatementFile } from '../../src/modules/payments/statements/statement-file.ts'
import { paths } from '../../src/platform/paths.ts'
import { camtFile, type Entry, noticeFile, refusalFile } from '../support/camt.ts'

/** What the tests take for files of banks is what banks write: valid by the published schemas. Skipped where those or xmllint are not there. */

const schemas = join(paths.root, '../shared/schemas/iso20022')
const there = existsSync(schemas) && spawnSync('xmllint', ['--version']).status === 0
if (!there) console.log('skipped: the schemas of ISO 20022, or xmllint, are not there')

function faultsOf(file: string | Buffer, schema: string): string[] {
  const path = join(mkdtempSync(join(tmpdir(), 'quittance-bank-')), 'file.xml')
  writeFileSync(path, file)
  const { stderr } = spawnSync('xmllint', ['--noout', '--nonet', '--schema', join(schemas, schema), path])
  return String(stderr)
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith('validates'))
}

const IBAN = 'DE89370400440532013000'
const QRR = '210000000003139471430009017'
/** One entry of each kind that tests write, and what has to be read of it. */
const entries: [name: string, entry: Entry, read: object][] = [
  [
    'a payment',
    { amount: '119.00', text: 'RE-1 & Co <x>', name: 'Ada', iban: 'DE75999600550000110022', ref: 'A' },
    { amount: 11900, sign: 'credit', text: 'RE-1 & Co <x>', name: 'Ada', iban: 'DE75999600550000110022', bank_ref: 'A' },
  ],
  [
    'money that goes out',
    { amount: '5.00', sign: 'DBIT', text: 'B-1', name: 'Vendor', end_to_end_id: 'E1' },
    { amount: 500, sign: 'debit', name: 'Vendor', end_to_end_id: 'E1' },
  ],
  ['a structured reference', { amount: '1.00', qr_reference: QRR }, { reference: QRR }],
  [
    'a return with charges',
    { amount: '124.00', sign: 'DBIT', end_to_end_id: 'E2', reason: 'AM04', fee: '5.00' },
    { amount: 12400, fee: 500, return_reason: 'AM04' },
  ],
  ['a reversal', { amount: '1.00', sign: 'DBIT', reverses: true }, { reverses: true, sign: 'debit' }],
  [
    'charges on top',
    { amount: '126.00', part: '100.00', sign: 'DBIT', fee: '26.00' },
    { amount: 10000, entry_amount: 12600, fee: 2600 },
  ],
  ['a sum', { amount: '300.00', sum_of: 2 }, { amount: 30000, transactions: 2 }],
]

describe.runIf(there)('files that tests write', () => {
  test.each(entries)('%s is valid in a statement and in a notice', (_name, entry) => {
    expect(faultsOf(camtFile([entry], { iban: IBAN }), 'camt.053.001.08.xsd')).toEqual([])
    expect(faultsOf(noticeFile([entry], { iban: IBAN }), 'camt.054.001.08.xsd')).toEqual([])
  })

  test('several payments in one entry, an overdrawn account, and a day without entries are valid', () => {
    const parts = [
      { amount: '100.00', ref: 'P1' },
      { amount: '200.00', ref: 'P2' },
    ]
    for (const file of [
      camtFile([{ amount: '300.00', parts }], { iban: IBAN, opening: '-500.00' }),
      camtFile([], { iban: IBAN }),
    ])
      expect(faultsOf(file, 'camt.053.001.08.xsd')).toEqual([])
  })

  // The schema at hand is the one for transfers.
  test('a report about transfers is valid', () => {
    const message = { id: 'M1', format: 'pain.001.001.09', block: 'M1-1' } as const
    expect(faultsOf(refusalFile(message, [{ end_to_end_id: 'E1', reason: 'AC04' }]), 'pain.002.001.10-epc.xsd')).toEqual([])
  })
})

describe.runIf(there)('files of the field', () => {
  const folder = join(import.meta.dirname, 'files')
  const schemaOf = (text: string) => {
    const format = /(camt\.05[34]|pain\.002)\.001\.\d\d/.exec(text)?.[0] ?? ''
    return readdirSync(schemas).find((name) => name.startsWith(format) && format !== '')
  }
  const files = readdirSync(folder)
    .filter((name) => /^(camt05|not-ours|pain002-rejected).*\.xml$/.test(name))
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .flatMap(({ name, bytes }) => {
      const schema = schemaOf(bytes.toString('latin1'))
      return schema ? [{ name, bytes, schema }] : []
    })

  test('are many', () => expect(files.length).toBeGreaterThan(20))
  test.each(files)('$name is valid', ({ bytes, schema }) => expect(faultsOf(bytes, schema)).toEqual([]))
})

describe('what was written is read as it was meant', () => {
  test.each(entries)('%s', async (_name, entry, read) => {
    const { statements } = await readStatementFile(Buffer.from(camtFile([entry], { iban: IBAN, opening: '1000.00' })))
    expect(statements[0]?.movements).toMatchObject([read])
    expect(statements[0]).toMatchObject({ account: IBAN, opening: 100_000, notice: false })
    const told = await readStatementFile(Buffer.from(noticeFile([entry], { iban: IBAN })))
    expect(told.statements).toMatchObject([{ notice: true, opening: null, movements: [read] }])
  })

  test('a report', async () => {
    const report = refusalFile({ id: 'M1', format: 'pain.001.001.09', block: 'M1-1' }, [{ end_to_end_id: 'E1', reason: 'AC04' }])
    expect(await readReportFile(Buffer.from(report))).toEqual({
      format: 'pain.002',
      message_id: 'M1',
      all: [],
      payments: [{ id: 'E1', becomes: 'failed', reason: 'AC04', correction: null }],
    })
  })
})
