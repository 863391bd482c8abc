import { describe, expect, test } from 'vitest'
import { looksLikeOfx, readOfx } from './ofx.ts'

const HEAD = 'OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n'
const sgml = (entries: string, { currency = 'USD', account = '000123456789' } = {}) =>
  `${HEAD}<OFX>\n<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20261130<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>${currency}
<BANKACCTFROM><BANKID>021000021<ACCTID>${account}<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261101<DTEND>20261130
${entries}</BANKTRANLIST>
<LEDGERBAL><BALAMT>1234.56<DTASOF>20261130</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n`
const entry = (fields: string) => `<STMTTRN>\n${fields}\n</STMTTRN>\n`
const one = (fields: string, more = {}) => readOfx(sgml(entry(fields), more))[0]!.movements[0]!

describe('an OFX file', () => {
  test('of version 1 is read by its marks', () => {
    const [statement, ...others] = readOfx(
      sgml(
        entry(`<TRNTYPE>DEBIT
<DTPOSTED>20261116120000.000[-5:EST]
<TRNAMT>-119.00
<FITID>2026111601
<NAME>PAPER CO &amp; SONS
<MEMO>PC-1 NOV`) + entry('<TRNTYPE>CREDIT<DTPOSTED>20261117<DTAVAIL>20261118<TRNAMT>50.5<FITID>2<NAME>ACME INC<MEMO>INV-00012'),
      ),
    )
    expect(others).toEqual([])
    expect(statement).toMatchObject({ format: 'OFX', account: '000123456789', currency: 'USD', opening: null, closing: null })
    expect(statement!.movements).toMatchObject([
      {
        entry: 0,
        date: '2026-11-16',
        value_date: '2026-11-16',
        amount: 11_900,
        currency: 'USD',
        sign: 'debit',
        status: 'booked',
        name: 'PAPER CO & SONS',
        text: 'PAPER CO & SONS PC-1 NOV',
        bank_ref: '2026111601',
      },
      { entry: 1, date: '2026-11-17', value_date: '2026-11-18', amount: 5_050, sign: 'credit', text: 'ACME INC INV-00012' },
    ])
  })

  test('of version 2 is read as well, with several accounts, and cards', () => {
    const account = (kind: string, id: string, amount: string) =>
      `<${kind}STMTRS><CURDEF>EUR</CURDEF><${kind}ACCTFROM><ACCTID>${id}</ACCTID></${kind}ACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>20261116</DTPOSTED><TRNAMT>${amount}</TRNAMT><FITID>1</FITID><MEMO/></STMTTRN></BANKTRANLIST></${kind}STMTRS>`
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"?>\n<OFX>${account('', 'DE89370400440532013000', '-1,50')}${account('CC', '4111', '+2.00')}</OFX>`
    expect(looksLikeOfx(text)).toBe(true)
    expect(readOfx(text).map(({ account, movements: [one] }) => [account, one?.amount, one?.sign, one?.text])).toEqual([
      ['DE89370400440532013000', 150, 'debit', null],
      ['4111', 200, 'credit', null],
    ])
  })

  test('says a memo that begins with the name once, and knows fees, interest and cheques', () => {
    const fields = (more: string) => `<DTPOSTED>20261116<TRNAMT>-1.00<FITID>1${more}`
    expect(one(fields('<NAME>ACME WITH A NAME<MEMO>ACME WITH A NAME THAT GOES ON')).text).toBe('ACME WITH A NAME THAT GOES ON')
    expect(['FEE', 'SRVCHG', 'INT', 'CHECK', 'POS'].map((type) => one(fields(`<TRNTYPE>${type}`)).nature)).toEqual([
      'bank charge',
      'bank charge',
      'interest',
      'cheque',
      null,
    ])
  })

  test('has the decimals of its currency; an entry may be in one of its own, and what it was before is no currency of it', () => {
    const fields = '<DTPOSTED>20261116<TRNAMT>-1200<FITID>1'
    expect(one(fields, { currency: 'JPY' })).toMatchObject({ amount: 1_200, currency: 'JPY' })
    expect(one(`${fields}<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY>`)).toMatchObject({ amount: 120_000, currency: 'EUR' })
    expect(one(`${fields}<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY>`)).toMatchObject({ currency: 'USD' })
  })

  test.each([
    ['without an end', sgml('').replace('</OFX>', ''), 'ends too early'],
    ['without an account', `${HEAD}<OFX></OFX>`, 'no statement of an account'],
    ['in no currency', sgml('', { currency: 'dollars' }), 'not a currency'],
    ['with a day that does not exist', sgml(entry('<DTPOSTED>20260230<TRNAMT>1.00')), 'not a day'],
    ['with an entry of no day', sgml(entry('<TRNAMT>1.00')), 'not a day'],
    ['with an amount that is none', sgml(entry('<DTPOSTED>20261116<TRNAMT>1.2.3')), 'not an amount'],
    ['with more decimals than there are', sgml(entry('<DTPOSTED>20261116<TRNAMT>1.234')), 'not an amount'],
    ['with an entry of no amount', sgml(entry('<DTPOSTED>20261116')), 'not an amount'],
  ])('%s is refused in words', (_, text, why) => {
    expect(() => readOfx(text)).toThrow(why)
  })

  test('is told from other files', () => {
    expect([sgml(''), '\n<OFX>', 'Date,Text\n1,<OFX>', ':20:X\n:25:1', '<Document></Document>'].map(looksLikeOfx)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})
