import { addDays, type PlainDate } from '../calendar.ts'
import type { Minor } from '../money.ts'
import { bareIban, fits97 } from '../reading/values.ts'
import { isTargetDay, openDay } from './days.ts'
import {
  type Address,
  AMOUNT_MAX,
  addressOf,
  bicOf,
  documentOf,
  euros,
  headOf,
  ID_MAX,
  idOf,
  isOutsideArea,
  NAME_MAX,
  remittanceOf,
  say,
  sumOf,
  tag,
  whyNoAccount,
} from './iso.ts'
import { sepaLetters, wholeWords } from './letters.ts'

/** pain.008.001.09: direct debits in euros for a bank to collect (EPC130-08 for customers, EPC131-08 between companies). */

/** `core` for everybody, with eight weeks to take it back; `b2b` between companies, without. */
type Scheme = 'core' | 'b2b'
type Sequence = 'recurrent' | 'one_off'

/** What a debtor has signed: that this creditor may collect from that account. */
export interface Mandate {
  /** At most 35 letters, the creditor's own. */
  readonly reference: string
  readonly signed_on: PlainDate
  readonly scheme: Scheme
  readonly sequence: Sequence
  readonly creditor_identifier: string
}

export interface Debit {
  /** What is collected, e.g. the id of an invoice. */
  readonly document: string
  /** Minor units. */
  readonly amount: Minor
  readonly currency: string
  readonly name: string
  readonly iban: string | null
  readonly bic?: string | null
  /** Where the debtor lives; banks ask for it when one of the two accounts is outside of the European Economic Area. */
  readonly address?: Address | null
  /** What the debtor is told. */
  readonly reference: string
  /** An id that comes back on the statement. */
  readonly intent: string
  readonly mandate: Mandate
  /** The day on which the money is to be collected; never earlier than banks take it. */
  readonly collection_date: PlainDate | null
}

export interface DebitOrder {
  /** At most 35 characters, never used before. */
  readonly message_id: string
  /** The moment it is made; UTC. */
  readonly created_at: string
  readonly today: PlainDate
  readonly creditor: { readonly name: string; readonly iban: string; readonly bic?: string | null }
  readonly debits: readonly Debit[]
}

interface WrittenDebit {
  readonly document: string
  readonly amount: Minor
  readonly end_to_end_id: string
  readonly payment_info_id: string
  readonly collection_date: PlainDate
}

/** The number of a creditor (EPC262-08): country, check digits, three letters of the creditor's own, and a national part. */
export function isCreditorIdentifier(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(text)) return false
  // The letters in the middle are left out of the check (ISO 7064, 97-10).
  return fits97(text.slice(7) + text.slice(0, 4))
}

/** Banks want a debit one open day ahead, and many two: we take two, which every bank takes. Our choice. */
const AHEAD = 2

/** The first day on which a debit handed in today may be collected. */
export function earliestDebit(today: PlainDate): PlainDate {
  let date = today
  for (let open = 0; open < AHEAD; ) {
    date = addDays(date, 1)
    if (isTargetDay(date)) open++
  }
  return date
}

function whyRefused({ amount, currency, iban, name, address }: Debit, outside: boolean): string | null {
  if (currency !== 'EUR') return `${currency} is not collected by SEPA, which moves euros only`
  if (amount <= 0 || amount > AMOUNT_MAX) return 'A direct debit has to be 0.01 to 999,999,999.99'
  if (sepaLetters(name) === '') return 'The customer has no name that a bank can read'
  const account = whyNoAccount(iban, 'customer')
  if (account !== null) return account
  if (outside && addressOf(address) === '')
    return 'A debit across the border of the European Economic Area needs the town and country of the customer'
  return null
}

const isOutside = (debit: Debit, creditorIban: string) => isOutsideArea(debit.iban ?? '') || isOutsideArea(creditorIban)
const codes: Readonly<Record<Scheme | Sequence, string>> = { core: 'CORE', b2b: 'B2B', recurrent: 'RCUR', one_off: 'OOFF' }
const agent = (bic: string | null) => tag('FinInstnId', bic === null ? tag('Othr', say('Id', 'NOTPROVIDED')) : say('BICFI', bic))
const nameOf = (name: string) => say('Nm', wholeWords(sepaLetters(name), NAME_MAX))

function debitXml({ intent, amount, name, iban, bic, address, reference, mandate }: Debit, outside: boolean): string {
  return tag(
    'DrctDbtTxInf',
    [
      tag('PmtId', say('InstrId', idOf(intent)) + say('EndToEndId', idOf(intent))),
      tag('InstdAmt', euros(amount), ' Ccy="EUR"'),
      tag('DrctDbtTx', tag('MndtRltdInf', say('MndtId', mandate.reference) + say('DtOfSgntr', mandate.signed_on))),
      tag('DbtrAgt', agent(bicOf(bic))),
      tag('Dbtr', nameOf(name) + (outside ? addressOf(address) : '')),
      tag('DbtrAcct', tag('Id', say('IBAN', bareIban(iban ?? '')))),
      remittanceOf(reference),
    ].join(''),
  )
}

const creditorId = (id: string) =>
  tag('CdtrSchmeId', tag('Id', tag('PrvtId', tag('Othr', say('Id', id) + tag('SchmeNm', say('Prtry', 'SEPA'))))))

/** Writes a file: a block for each day, scheme, sequence and creditor number. What can't be collected is named and left out. */
export function debitFile({ message_id, created_at, today, creditor, debits }: DebitOrder) {
  const refused: { document: string; why: string }[] = []
  const blocks = new Map<string, { date: PlainDate; mandate: Mandate; debits: Debit[] }>()
  for (const one of debits) {
    const why = whyRefused(one, isOutside(one, creditor.iban))
    if (why !== null) {
      refused.push({ document: one.document, why })
      continue
    }
    const { mandate } = one
    const date = openDay(one.collection_date, earliestDebit(today), isTargetDay)
    const key = [date, mandate.scheme, mandate.sequence, mandate.creditor_identifier].join(' ')
    const block = blocks.get(key) ?? { date, mandate, debits: [] }
    block.debits.push(one)
    blocks.set(key, block)
  }
  const written: WrittenDebit[] = []
  if (blocks.size === 0) return { file: null, debits: written, refused }
  const iban = bareIban(creditor.iban)
  const infos = [...blocks.values()].map(({ date, mandate, debits: some }, i) => {
    const payment_info_id = `${message_id.slice(0, ID_MAX - 4)}-${i + 1}`
    for (const { document, amount, intent } of some)
      written.push({ document, amount, end_to_end_id: idOf(intent), payment_info_id, collection_date: date })
    const kinds = [
      tag('SvcLvl', say('Cd', 'SEPA')),
      tag('LclInstrm', say('Cd', codes[mandate.scheme])),
      say('SeqTp', codes[mandate.sequence]),
    ]
    return tag(
      'PmtInf',
      [
        say('PmtInfId', payment_info_id),
        say('PmtMtd', 'DD'),
        say('BtchBookg', 'true'),
        say('NbOfTxs', String(some.length)),
        say('CtrlSum', euros(sumOf(some))),
        tag('PmtTpInf', kinds.join('')),
        say('ReqdColltnDt', date),
        tag('Cdtr', nameOf(creditor.name)),
        tag('CdtrAcct', tag('Id', say('IBAN', iban))),
        tag('CdtrAgt', agent(bicOf(creditor.bic))),
        say('ChrgBr', 'SLEV'),
        creditorId(mandate.creditor_identifier),
        ...some.map((one) => debitXml(one, isOutside(one, iban))),
      ].join(''),
    )
  })
  const head = headOf(message_id, created_at, written, tag('InitgPty', nameOf(creditor.name)))
  return { file: documentOf('pain.008.001.09', tag('CstmrDrctDbtInitn', head + infos.join(''))), debits: written, refused }
}
