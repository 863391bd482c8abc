import { XMLParser } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { readAchReturns, readStatusReport } from './reports.ts'

const statusReport = (body: string) =>
  readStatusReport(
    new XMLParser({ parseTagValue: false }).parse(`<Document><CstmrPmtStsRpt>${body}</CstmrPmtStsRpt></Document>`).Document,
  )!
const group = (inner = '') => `<OrgnlGrpInfAndSts><OrgnlMsgId>QTN-1</OrgnlMsgId>${inner}</OrgnlGrpInfAndSts>`
const block = (inner: string) => `<OrgnlPmtInfAndSts><OrgnlPmtInfId>QTN-1-1</OrgnlPmtInfId>${inner}</OrgnlPmtInfAndSts>`
const payment = (inner: string) => `<TxInfAndSts>${inner}</TxInfAndSts>`
const reason = (code: string) => `<StsRsnInf><Rsn><Cd>${code}</Cd></Rsn></StsRsnInf>`
const told = (id: string, becomes: string, why: string | null = null) => ({ id, becomes, reason: why, correction: null })

describe('a status report', () => {
  test.each([
    ['its block', group(), '<PmtInfSts>RJCT</PmtInfSts>'],
    ['its file', group('<GrpSts>RJCT</GrpSts>'), ''],
    ['its file, called back', group('<GrpSts>CANC</GrpSts>'), ''],
  ])('that names a payment without a status says of it what it says of %s', (_, head, status) => {
    const { payments } = statusReport(head + block(status + payment(`<OrgnlEndToEndId>one</OrgnlEndToEndId>${reason('AC04')}`)))
    expect(payments).toEqual([told('one', 'failed', 'AC04')])
  })

  test('gives a payment the reason of its block, unless it has one of its own or was taken', () => {
    const { payments } = statusReport(
      group() +
        block(
          `<PmtInfSts>RJCT</PmtInfSts>${reason('AG01')}` +
            payment('<OrgnlEndToEndId>one</OrgnlEndToEndId><TxSts>RJCT</TxSts>') +
            payment(`<OrgnlEndToEndId>two</OrgnlEndToEndId>${reason('AC01')}`) +
            payment('<OrgnlEndToEndId>three</OrgnlEndToEndId><TxSts>ACSC</TxSts>'),
        ),
    )
    expect(payments).toEqual([told('one', 'failed', 'AG01'), told('two', 'failed', 'AC01'), told('three', 'processing')])
  })

  test('may name a payment by its instruction only', () => {
    const named = (ids: string) =>
      statusReport(group() + block(payment(`${ids}<TxSts>RJCT</TxSts>`))).payments.map(({ id }) => id)
    expect(named('<OrgnlInstrId>one</OrgnlInstrId>')).toEqual(['one'])
    expect(named('<OrgnlInstrId>one</OrgnlInstrId><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>')).toEqual(['one'])
    expect(named('<OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>')).toEqual([])
  })

  test('says of all payments what it says of the file or the block, and of none where a block has no name', () => {
    const all = (body: string) => statusReport(body).all.map(({ payment_info_id }) => payment_info_id)
    expect(all(group('<GrpSts>CANC</GrpSts>'))).toEqual([null])
    expect(all(group() + block('<PmtInfSts>CANC</PmtInfSts>'))).toEqual(['QTN-1-1'])
    expect(all(group('<GrpSts>PART</GrpSts>') + block('<PmtInfSts>PART</PmtInfSts>'))).toEqual([])
    expect(all(`${group()}<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>`)).toEqual([])
  })
})

describe('returns of an ACH file', () => {
  const head = (to: string) => `101${to} 0210000212611160130A094101`.padEnd(94)
  const back = '799R03021000020000007      02100002NO ACCOUNT'.padEnd(79) + '021000020000001'

  test.each([
    ['a bank', [head(' 021000021'), back].join('\n')],
    ['the company, by its number of ten digits', [head('1123456789'), back].join('\r\n')],
    ['a bank, in records without line ends', head(' 021000021') + back],
  ])('are read when they are addressed to %s', (_, text) => {
    expect(readAchReturns(text)?.payments).toEqual([told('021000020000007', 'failed', 'R03')])
  })

  test('are not looked for in anything else', () => {
    expect(readAchReturns('101 things to know')).toBeNull()
  })
})
