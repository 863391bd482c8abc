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
    readonly payment_info_id: string | null
    readonly becomes: PaymentStatus['becomes']
    readonly reason: string | null
  }[]
  readonly payments: readonly PaymentStatus[]
}

const becomes = (status: string | null): PaymentStatus['becomes'] =>
  status === 'RJCT' || status === 'CANC' ? 'failed' : 'processing'
const reasonIn = (node: Element) => textIn(node, 'StsRsnInf/Rsn/Cd', 'StsRsnInf/Rsn/Prtry')

/** Reads a pain.002 of any version; null for another message. */
export function readStatusReport(root: Element): Report | null {
  const [body] = elementsIn(root, 'CstmrPmtStsRpt')
  if (!body) return null
  const [group] = elementsIn(body, 'OrgnlGrpInfAndSts')
  const blocks = elementsIn(body, 'OrgnlPmtInfAndSts')
  const parts = [
    ...(group ? elementsIn(group, 'TxInfAndSts') : []),
    ...blocks.flatMap((block) => elementsIn(block, 'TxInfAndSts')),
  ]
  const payments = parts.flatMap((part): PaymentStatus[] => {
    const id = textIn(part, 'OrgnlEndToEndId')
    return id === null ? [] : [{ id, becomes: becomes(textIn(part, 'TxSts')), reason: reasonIn(part), correction: null }]
  })
  // A group or block that was rejected as a whole names none of its payments.
  const whole = [
    ...(group && textIn(group, 'GrpSts') === 'RJCT'
      ? [{ payment_info_id: null, becomes: 'failed' as const, reason: reasonIn(group) }]
      : []),
    ...blocks
      .filter((block) => textIn(block, 'PmtInfSts') === 'RJCT')
      .map((block) => ({ payment_info_id: textIn(block, 'OrgnlPmtInfId'), becomes: 'failed' as const, reason: reasonIn(block) })),
  ]
  return { format: 'pain.002', message_id: group ? textIn(group, 'OrgnlMsgId') : null, all: whole, payments }
}

/** Reads returns and notices of change; null for what is not an ACH file. They name the trace of our own entry in the addenda, not in theirs. */
export function readAchReturns(text: string): Report | null {
  const lines = text.split(/\r\n|\n|\r/)
  if (!/^101 /.test(lines[0] ?? '')) return null
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
