/** Statements as banks write them (camt.053.001.08) and their notices (camt.054): what tests need of them, valid by the published schemas. */

interface Payment {
  /** In major units, as it is written: `119.00`. */
  readonly amount?: string
  readonly text?: string
  readonly name?: string
  readonly iban?: string
  readonly end_to_end_id?: string
  /** A structured reference of a QR-bill. */
  readonly qr_reference?: string
  /** Why the other bank sends it back. */
  readonly reason?: string
  /** Charges that are stated. */
  readonly fee?: string
  /** The bank's own id of this part. */
  readonly ref?: string
}
export interface Entry extends Payment {
  readonly amount: string
  readonly sign?: 'CRDT' | 'DBIT'
  readonly day?: string
  /** The bank's own id of the entry; null for none. */
  readonly ref?: string
  readonly reverses?: boolean
  /** The amount of the payment, if the entry moves the account by more or less. */
  readonly part?: string
  /** So many payments whose details aren't told. */
  readonly sum_of?: number
  /** Several payments in place of the one that the entry itself says. */
  readonly parts?: readonly Payment[]
}
interface Frame {
  readonly iban: string
  readonly opening?: string
  readonly closing?: string
  readonly id?: string
}

let count = 0
const cents = (text: string) => Math.round(Number(text) * 100)
const euros = (amount: number) => (Math.abs(amount) / 100).toFixed(2)
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const tag = (name: string, content: string) => (content === '' ? '' : `<${name}>${content}</${name}>`)
const say = (name: string, text: string | undefined) => (text === undefined ? '' : tag(name, escaped(text)))
const money = (name: string, amount: string) => `<${name} Ccy="EUR">${amount}</${name}>`

function details(payment: Payment, sign: string, amount: string): string {
  const party = sign === 'CRDT' ? 'Dbtr' : 'Cdtr'
  const { text, name, iban, end_to_end_id, qr_reference, reason, fee, ref } = payment
  const parties = tag(party, tag('Pty', say('Nm', name))) + tag(`${party}Acct`, tag('Id', say('IBAN', iban)))
  const structured = tag(
    'Strd',
    tag(
      'CdtrRefInf',
      qr_reference === undefined ? '' : `<Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp>${say('Ref', qr_reference)}`,
    ),
  )
  const parts = [
    tag('Refs', say('AcctSvcrRef', ref) + say('EndToEndId', end_to_end_id)),
    money('Amt', amount),
    say('CdtDbtInd', sign),
    fee === undefined ? '' : tag('Chrgs', money('TtlChrgsAndTaxAmt', fee)),
    tag('RltdPties', parties),
    tag('RmtInf', say('Ustrd', text) + structured),
    tag('RtrInf', tag('Rsn', say('Cd', reason))),
  ]
  return tag('TxDtls', parts.join(''))
}

function entryXml({
  sign = 'CRDT',
  day = '2026-10-01',
  ref = `R${++count}`,
  reverses,
  sum_of,
  parts,
  ...payment
}: Entry): string {
  const { amount, part = amount } = payment
  const inside = parts
    ? parts.map((one) => details(one, sign, one.amount ?? amount)).join('')
    : sum_of === undefined
      ? details(payment, sign, part)
      : tag('Btch', say('NbOfTxs', String(sum_of)))
  return tag(
    'Ntry',
    [
      money('Amt', amount),
      say('CdtDbtInd', sign),
      reverses ? say('RvslInd', 'true') : '',
      tag('Sts', say('Cd', 'BOOK')),
      tag('BookgDt', say('Dt', day)),
      say('AcctSvcrRef', ref),
      tag(
        'BkTxCd',
        tag('Domn', say('Cd', 'PMNT') + tag('Fmly', say('Cd', sign === 'CRDT' ? 'RCDT' : 'ICDT') + say('SubFmlyCd', 'ESCT'))),
      ),
      tag('NtryDtls', inside),
    ].join(''),
  )
}

const MADE = '2026-10-02T06:00:00+02:00'
const document = (schema: string, body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${schema}">${body}</Document>`
const head = () => tag('GrpHdr', say('MsgId', `M${++count}`) + say('CreDtTm', MADE))
const account = (iban: string) => tag('Acct', tag('Id', say('IBAN', iban)) + say('Ccy', 'EUR'))

/** A statement of an account. It closes where its entries lead, unless `closing` says something else. */
export function camtFile(entries: readonly Entry[], { iban, opening = '0.00', closing, id = `S${++count}` }: Frame): string {
  const moved = entries.reduce(
    (sum, { amount, sign = 'CRDT' }) => sum + (sign === 'CRDT' ? 1 : -1) * cents(amount),
    cents(opening),
  )
  const balance = (code: string, amount: number) =>
    tag(
      'Bal',
      [
        tag('Tp', tag('CdOrPrtry', say('Cd', code))),
        money('Amt', euros(amount)),
        say('CdtDbtInd', amount < 0 ? 'DBIT' : 'CRDT'),
        tag('Dt', say('Dt', '2026-10-01')),
      ].join(''),
    )
  const balances = balance('OPBD', cents(opening)) + balance('CLBD', closing === undefined ? moved : cents(closing))
  const statement = say('Id', id) + say('CreDtTm', MADE) + account(iban) + balances + entries.map(entryXml).join('')
  return document('camt.053.001.08', tag('BkToCstmrStmt', head() + tag('Stmt', statement)))
}

/** A notice of the same: no balances, and no statement. */
export const noticeFile = (entries: readonly Entry[], { iban, id = `N${++count}` }: Pick<Frame, 'iban' | 'id'>): string =>
  document(
    'camt.054.001.08',
    tag(
      'BkToCstmrDbtCdtNtfctn',
      head() + tag('Ntfctn', say('Id', id) + say('CreDtTm', MADE) + account(iban) + entries.map(entryXml).join('')),
    ),
  )

/** What a bank says of payments that it does not make (pain.002.001.10), as EPC writes it. */
export const refusalFile = (
  message: { readonly id: string; readonly format: 'pain.001.001.09' | 'pain.008.001.09'; readonly block: string },
  refused: readonly { readonly end_to_end_id: string; readonly reason: string }[],
): string =>
  document(
    'pain.002.001.10',
    tag(
      'CstmrPmtStsRpt',
      tag(
        'GrpHdr',
        say('MsgId', `R${++count}`) +
          say('CreDtTm', MADE) +
          tag(message.format === 'pain.001.001.09' ? 'DbtrAgt' : 'CdtrAgt', tag('FinInstnId', say('BICFI', 'COBADEFFXXX'))),
      ) +
        tag('OrgnlGrpInfAndSts', say('OrgnlMsgId', message.id) + say('OrgnlMsgNmId', message.format)) +
        tag(
          'OrgnlPmtInfAndSts',
          say('OrgnlPmtInfId', message.block) +
            refused
              .map(({ end_to_end_id, reason }) =>
                tag(
                  'TxInfAndSts',
                  say('OrgnlEndToEndId', end_to_end_id) +
                    say('TxSts', 'RJCT') +
                    tag('StsRsnInf', tag('Orgtr', say('Nm', 'Bank')) + tag('Rsn', say('Cd', reason))),
                ),
              )
              .join(''),
        ),
    ),
  )
