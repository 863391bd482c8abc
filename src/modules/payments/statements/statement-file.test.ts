import { expect, test } from 'vitest'
import { readStatementFile } from './statement-file.ts'

const movementsIn = async (file: string | Buffer) => (await readStatementFile(Buffer.from(file))).statements[0]!.movements

const ordered = (amount: string, text: string) =>
  `<TxDtls><AmtDtls><InstdAmt><Amt Ccy="EUR">${amount}</Amt></InstdAmt></AmtDtls><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls>`
const camt = (...parts: string[]) => `<?xml version="1.0"?>
  <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Acct><Ccy>EUR</Ccy></Acct>
    <Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
      <NtryDtls>${parts.join('')}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`

test('payments of one entry that say only what was ordered are told apart where that comes to the entry', async () => {
  const told = await movementsIn(camt(ordered('10.00', 'RE-1'), ordered('20.00', 'RE-2')))
  expect(told.map(({ amount, text }) => [amount, text])).toEqual([
    [1000, 'RE-1'],
    [2000, 'RE-2'],
  ])
  const fallsShort = await movementsIn(camt(ordered('10.00', 'RE-1'), ordered('19.00', 'RE-2')))
  expect(fallsShort.map(({ amount }) => amount)).toEqual([3000])
})

const mt940 = (words: string) =>
  `:20:X\n:25:DE89370400440532013000\n:60F:C261120EUR100,00\n:61:2611201120C12,50NTRFNONREF\n:86:${words}\n:62F:C261120EUR112,50\n-`

test('the marks of SEPA are read in a free text as well', async () => {
  const [movement] = await movementsIn(mt940('EREF+ABC-1 MREF+M1 SVWZ+RECHNUNG INV-00001 ABWA+Somebody'))
  expect(movement).toMatchObject({ end_to_end_id: 'ABC-1', text: 'RECHNUNG INV-00001' })
  expect((await movementsIn(mt940('EREF+NOTPROVIDED BAR')))[0]).toMatchObject({
    end_to_end_id: null,
    text: 'EREF+NOTPROVIDED BAR',
  })
})

test('a table in UTF-16, as spreadsheets save it, is read', async () => {
  const [movement] = await movementsIn(Buffer.from('\ufeffDate\tDescription\tAmount\n2026-11-01\tMüller\t-12.50', 'utf16le'))
  expect(movement).toMatchObject({ date: '2026-11-01', text: 'Müller', amount: 1250, sign: 'debit' })
})

test('OFX is read in either version, and in the letters of Windows', async () => {
  const ofx = (head: string) =>
    Buffer.from(
      `${head}<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><STMTTRN><DTPOSTED>20261101<TRNAMT>-12.50<FITID>1<NAME>Müller</STMTTRN></STMTRS></OFX>`,
      'latin1',
    )
  for (const head of ['OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n', '<?xml version="1.0"?><?OFX OFXHEADER="200"?>']) {
    const [movement] = await movementsIn(ofx(head))
    expect(movement).toMatchObject({ date: '2026-11-01', name: 'Müller', amount: 1250, sign: 'debit', bank_ref: '1' })
  }
})
