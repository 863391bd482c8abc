import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nachaReader from '@midlandsbank/node-nacha'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { nachaFile } from '../../src/core/payment-files/nacha.ts'
import { sepaFile } from '../../src/core/payment-files/sepa.ts'

/** Payments that become files for banks, and what has to be true of those files. */

// biome-ignore lint/suspicious/noExplicitAny: a table of the field
type Any = any
const cases: Record<string, Any> = JSON.parse(readFileSync(join(import.meta.dirname, 'files/exports.json'), 'utf8'))

const schemas = join(import.meta.dirname, '../../../shared/schemas/iso20022')
const schema = existsSync(schemas) ? readdirSync(schemas).find((name) => /^pain\.001\.001\.09.*\.xsd$/.test(name)) : undefined
const canValidate = schema !== undefined && spawnSync('xmllint', ['--version']).status === 0

const write = ({ today, debtor, payments }: Any) =>
  sepaFile({ message_id: 'HW-20261118-1', created_at: `${today}T08:00:00Z`, today, debtor, payments })
function read(file: string): Any {
  const list = ['PmtInf', 'CdtTrfTxInf', 'AdrLine']
  const parser = new XMLParser({ parseTagValue: false, isArray: (name) => list.includes(name) })
  return parser.parse(file).Document.CstmrCdtTrfInitn
}
const transfersIn = (file: string): Any[] => read(file).PmtInf.flatMap((block: Any) => block.CdtTrfTxInf)

const sepa = Object.entries(cases).filter(([, one]) => one.format.startsWith('pain'))
const nacha = Object.entries(cases).filter(([, one]) => one.format.startsWith('NACHA'))

describe('pain.001', () => {
  test.each(sepa)('%s', (_name, one) => {
    const { right } = one
    const { file, refused, transfers } = write(one)
    const documents = transfers.flatMap((transfer) => transfer.documents.map(({ document }) => document))
    if (right.in_file) expect(documents).toEqual(right.in_file)
    if (right.refused) expect(refused.map(({ document }) => document)).toEqual(right.refused)
    for (const { why } of refused) expect(why).toMatch(/[a-z]{3} .*[a-z]/)
    expect(write(one).file).toBe(file)
    if (file === null) return
    const head = read(file).GrpHdr
    const blocks = read(file).PmtInf as Any[]
    const all = transfersIn(file)
    const cents = (text: string) => Math.round(Number(text) * 100)
    expect(all.reduce((sum, { Amt }) => sum + cents(Amt.InstdAmt['#text'] ?? Amt.InstdAmt), 0)).toBe(cents(head.CtrlSum))
    expect(Number(head.NbOfTxs)).toBe(all.length)
    for (const block of blocks) expect(Number(block.NbOfTxs)).toBe(block.CdtTrfTxInf.length)
    expect(new Set(blocks.map(({ PmtInfId }) => PmtInfId)).size).toBe(blocks.length)
    for (const text of file.matchAll(/<(?:Nm|Ustrd|EndToEndId|TwnNm|AdrLine)>([^<]*)</g))
      expect(text[1]).toMatch(/^[a-zA-Z0-9/\-?:().,'+ ]+$/)
    for (const [i, names] of (right.names ?? []).entries()) expect(names).toContain(all[i].Cdtr.Nm)
    for (const part of right.remittance_contains ?? []) expect(all[0].RmtInf.Ustrd).toContain(part)
    if (right.name_max) for (const { Cdtr } of all) expect(Cdtr.Nm.length).toBeLessThanOrEqual(right.name_max)
    if (right.remittance_max) {
      for (const { RmtInf } of all) expect(RmtInf.Ustrd.length).toBeLessThanOrEqual(right.remittance_max)
      expect(all.at(-1).RmtInf.Ustrd).toMatch(/^(RG-2026-\d{5}( |$))+$/)
    }
    if (right.end_to_end_id)
      expect(all.map(({ PmtId }) => PmtId.EndToEndId)).toEqual(
        right.end_to_end_id.map((id: string | null) => id ?? 'NOTPROVIDED'),
      )
    if (right.control_sum) expect(head.CtrlSum).toBe(right.control_sum)
    if (right.amounts) expect(all.map(({ Amt }) => Amt.InstdAmt['#text'] ?? Amt.InstdAmt)).toEqual(right.amounts)
    if (right.blocks)
      expect(
        blocks.map((block) => ({
          debtor_iban: block.DbtrAcct.Id.IBAN,
          date: block.ReqdExctnDt.Dt,
          transactions: Number(block.NbOfTxs),
          sum: block.CtrlSum,
        })),
      ).toEqual(right.blocks)
    if (right.bics) {
      expect(all.map(({ CdtrAgt }) => CdtrAgt?.FinInstnId.BICFI ?? null)).toEqual(right.bics)
      expect(blocks[0].DbtrAgt.FinInstnId.Othr.Id).toBe('NOTPROVIDED')
    }
    if (right.dates)
      expect(
        Object.fromEntries(
          transfers.flatMap((transfer) => transfer.documents.map(({ document }) => [document, transfer.execution_date])),
        ),
      ).toEqual(right.dates)
    if (right.address) {
      expect(all[0].Cdtr.PstlAdr).toBeUndefined()
      expect(all[1].Cdtr.PstlAdr).toEqual({ PstCd: '99999', TwnNm: 'Halmstedt', Ctry: 'DE', AdrLine: ['Am Wehr 3'] })
      expect(all[2].Cdtr.PstlAdr).toEqual({ TwnNm: 'Halmstedt', Ctry: 'DE' })
    }
    if (right.ibans)
      for (const iban of Object.values(right.ibans)) expect(all.map(({ CdtrAcct }) => CdtrAcct.Id.IBAN)).toContain(iban)
    if (right.structured) {
      expect(all[0].RmtInf).toMatchObject({ Strd: { CdtrRefInf: { Ref: right.structured['F-1'] } } })
      expect([all[1].RmtInf, all[2].RmtInf]).toEqual([{ Ustrd: right.text['F-2'] }, { Ustrd: right.text['F-3'] }])
    }
    for (const never of ['&amp;amp;', '>NOTPROVIDED</BICFI>', '<Ustrd></Ustrd>', '<CdtrAgt></CdtrAgt>', '>0.00<'])
      expect(file).not.toContain(never)
  })

  test.skipIf(!canValidate)('is valid by the published schema', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quittance-pain-'))
    for (const [name, one] of sepa) {
      const { file } = write(one)
      if (file === null) continue
      const path = join(folder, `${name}.xml`)
      writeFileSync(path, file)
      execFileSync('xmllint', ['--noout', '--nonet', '--schema', join(schemas, schema!), path], { stdio: 'pipe' })
    }
  })

  test('credit notes are taken off what the vendor gets, and told', () => {
    const vendor = { currency: 'EUR', name: 'A GmbH', iban: 'DE75999600550000110022' }
    const { file, transfers } = write({
      ...cases.sums,
      payments: [
        { ...vendor, document: 'B', amount: 5000, reference: 'B' },
        { ...vendor, document: 'C', amount: -2000, reference: 'C' },
      ],
    })
    expect(transfers).toMatchObject([
      {
        amount: 3000,
        documents: [
          { document: 'B', amount: 5000 },
          { document: 'C', amount: -2000 },
        ],
      },
    ])
    expect(transfersIn(file!)[0].RmtInf.Ustrd).toBe('B C')
  })
})

/** The payments of a case, repeated as often as it says, and their file. */
function writeAch({ today, debtor, payments: stated }: Any) {
  const payments = stated.flatMap((payment: Any) =>
    Array.from({ length: payment.repeat ?? 1 }, (_, n) => ({ ...payment, document: payment.document.replace('{n}', n) })),
  )
  return { payments, ...nachaFile({ created_at: `${today}T08:00`, today, debtor, payments }) }
}

describe('NACHA', () => {
  test.each(nacha.filter(([, one]) => !one.right.refused))('%s is read by node-nacha, and comes back as it was', (_name, one) => {
    const { file, payments, transfers } = writeAch(one)
    const back = nachaReader.from({ format: 'ach', source: file! })
    // It fills up a block that is full already, and ends without a line break.
    const withoutFilling = (text: string) => text.replace(/\n(9{94}\n?)+$/, '').trimEnd()
    expect(withoutFilling(back.to('ach'))).toBe(withoutFilling(file!))
    const entries = back.data.batches.flatMap((batch) => batch.entries)
    expect(
      entries.map((entry) => [
        entry.amount,
        entry.dfiAccount,
        `${entry.receivingDFIIdentification}${entry.checkDigit}`.padStart(9, '0'),
      ]),
    ).toEqual(payments.map((payment: Any) => [payment.amount, payment.account_number, payment.routing_number]))
    expect(transfers).toHaveLength(entries.length)
  })

  test('a file moves no more than its totals have digits for', () => {
    const [, { payments, ...one }] = nacha[0]!
    const most = { ...payments[0], amount: 9_999_999_999, repeat: 101, document: '{n}' }
    const { file, refused, transfers } = writeAch({ ...one, payments: [most] })
    expect(refused).toEqual([{ document: '100', why: 'A file can move at most 9,999,999,999.99' }])
    expect(transfers).toHaveLength(100)
    expect(
      file!
        .split('\n')
        .find((line) => line.startsWith('8220'))!
        .slice(32, 44),
    ).toBe('999999999900')
  })

  test.each(nacha)('%s', (_name, one) => {
    const { right } = one
    const { file, refused, transfers } = writeAch(one)
    if (right.refused) {
      expect(refused.map(({ document }) => document)).toEqual(right.refused)
      expect(file).toBeNull()
      return
    }
    const lines = file!.replace(/\n$/, '').split('\n')
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([94]))
    expect(file).toMatch(/^[\x20-\x7e\n]+$/)
    expect(lines.length).toBe(right.lines)
    const control = lines.find((line) => line.startsWith('8220'))!
    expect(control.slice(10, 20)).toBe(right.entry_hash)
    if (right.entries) expect(Number(control.slice(4, 10))).toBe(right.entries)
    if (right.credit) expect([control.slice(20, 32), control.slice(32, 44)]).toEqual([right.debit, right.credit])
    if (right.blocks) expect(lines.find((line) => line.startsWith('9000001'))!.slice(7, 13)).toBe(right.blocks)
    if (right.padding !== undefined) expect(lines.filter((line) => /^9{94}$/.test(line)).length).toBe(right.padding)
    if (right.names)
      expect(right.names[0].map((name: string) => name.trim().toUpperCase())).toContain(lines[2]!.slice(54, 76).trim())
    expect(new Set(transfers.map(({ trace }) => trace)).size).toBe(transfers.length)
  })
})
