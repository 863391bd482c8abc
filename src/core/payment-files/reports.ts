import { type Element, elementsIn, textIn } from '../statements/camt.ts'

/** What a bank tells of payments that it was handed: status reports (pain.002) and ACH returns. A payment that the report does not name stays as it is. */

interface PaymentStatus {
  /** The end-to-end id, or the trace of an ACH entry. */
  readonly id: string
  /** `processing`: on its way; what makes it succeed is the statement. `noted`: nothing moved, a person has to look. */
  readonly becomes: 'failed' | 'processing' | 'noted'
  /** A code of the bank: AC04, R03 … */
  readonly reason: string | null
  /** An account number that the other bank says is the right one. */
  readonly correction: string | null
}
export interface Report {
  readonly format: 'pain.002' | 'NACHA return'
  readonly message_id: string | null
  /** What the whole file or block became, where the report says that of all payments in it. */
  readonly all: {
    /** Null: all of the file. */
    readonly payment_info_id: string | null
    readonly becomes: PaymentStatus['becomes']
    readonly reason: string | null
  }[]
  readonly payments: readonly PaymentStatus[]
}

const isRefusal = (status: string | null) => status === 'RJCT' || status === 'CANC'
const reasonIn = (node: Element) => textIn(node, 'StsRsnInf/Rsn/Cd', 'StsRsnInf/Rsn/Prtry')

/** Reads a pain.002 of any version; null for another message. */
export function readStatusReport(root: Element): Report | null {
  const [body] = elementsIn(root, 'CstmrPmtStsRpt')
  if (!body) return null
  const [group] = elementsIn(body, 'OrgnlGrpInfAndSts')
  const blocks = elementsIn(body, 'OrgnlPmtInfAndSts')
  // A payment without a status of its own has that of its block, and a block that of its file; the reason comes with it.
  const ofGroup = { status: group ? textIn(group, 'GrpSts') : null, reason: group ? reasonIn(group) : null }
  const inherited = (node: Element, own: string, above: typeof ofGroup) => ({
    status: textIn(node, own) ?? above.status,
    reason: reasonIn(node) ?? (isRefusal(textIn(node, own) ?? above.status) ? above.reason : null),
  })
  const paymentsIn = (node: Element, above: typeof ofGroup) =>
    elementsIn(node, 'TxInfAndSts').flatMap((part): PaymentStatus[] => {
      const named = [textIn(part, 'OrgnlEndToEndId'), textIn(part, 'OrgnlInstrId')]
      const id = named.find((one) => one !== null && one !== 'NOTPROVIDED')
      const { status, reason } = inherited(part, 'TxSts', above)
      return id ? [{ id, becomes: isRefusal(status) ? 'failed' : 'processing', reason, correction: null }] : []
    })
  const all: Report['all'] = []
  const payments = group ? paymentsIn(group, ofGroup) : []
  // A group or block that was rejected as a whole names none of its payments.
  if (isRefusal(ofGroup.status)) all.push({ payment_info_id: null, becomes: 'failed', reason: ofGroup.reason })
  for (const block of blocks) {
    const ofBlock = inherited(block, 'PmtInfSts', ofGroup)
    payments.push(...paymentsIn(block, ofBlock))
    const payment_info_id = textIn(block, 'OrgnlPmtInfId')
    if (payment_info_id !== null && isRefusal(textIn(block, 'PmtInfSts')))
      all.push({ payment_info_id, becomes: 'failed', reason: ofBlock.reason })
  }
  return { format: 'pain.002', message_id: group ? textIn(group, 'OrgnlMsgId') : null, all, payments }
}

/** Reads returns and notices of change; null for what is not an ACH file. They name the trace of our own entry in the addenda, not in theirs. */
export function readAchReturns(text: string): Report | null {
  // Some banks write records without line ends, and address the file to the company's number of ten digits.
  const lines = /[\r\n]/.test(text.trim()) ? text.split(/\r\n|\n|\r/) : (text.match(/.{1,94}/g) ?? [])
  if (!/^101[ \d]\d{9}/.test(lines[0] ?? '')) return null
  const payments = lines.flatMap((line): PaymentStatus[] => {
    if (!/^7(99|98)[RC]\d\d/.test(line)) return []
    const code = line.slice(3, 6)
    const change = line.startsWith('798')
    return [
      {
        id: line.slice(6, 21).trim(),
        becomes: change ? 'noted' : 'failed',
        reason: code,
        // C01 is a new account number; the other codes change what a person has to look at.
        correction: change ? line.slice(35, 64).trim() || null : null,
      },
    ]
  })
  return { format: 'NACHA return', message_id: null, all: [], payments }
}
