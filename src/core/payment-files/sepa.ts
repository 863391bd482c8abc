import type { PlainDate } from '../calendar.ts'
import type { Minor } from '../money.ts'
import { bareIban } from '../reading/values.ts'
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
  NAME_MAX,
  remittanceOf,
  say,
  sumOf,
  tag,
  whyNoAccount,
} from './iso.ts'
import { sepaLetters, wholeWords } from './letters.ts'

/** pain.001.001.09: credit transfers in euros for a bank to carry out (EPC132-08). */

interface Transfer {
  /** What it pays, e.g. the id of a bill. */
  readonly document: string
  /** Minor units; below zero for a credit note that is to be deducted. */
  readonly amount: Minor
  readonly currency: string
  readonly name: string
  readonly iban: string | null
  readonly bic?: string | null
  /** What the payee is told: the number of the bill, or a structured reference. */
  readonly reference: string
  /** An id that comes back on the statement, e.g. that of the payment. */
  readonly intent?: string | null
  readonly execution_date?: PlainDate | null
  /** Another account of ours than that of the file. */
  readonly debtor_iban?: string | null
  readonly address?: Address | null
}
export interface FileOrder {
  /** At most 35 characters, never used before: banks refuse a second file of the same id. */
  readonly message_id: string
  /** The moment it is made; UTC. */
  readonly created_at: string
  readonly today: PlainDate
  readonly debtor: { readonly name: string; readonly iban: string; readonly bic?: string | null }
  readonly payments: readonly Transfer[]
}

interface WrittenTransfer {
  readonly documents: readonly { readonly document: string; readonly amount: Minor }[]
  readonly amount: Minor
  readonly end_to_end_id: string | null
  readonly payment_info_id: string
  readonly execution_date: PlainDate
}
export interface WrittenFile {
  /** Null when nothing is left to be paid. */
  readonly file: string | null
  readonly transfers: readonly WrittenTransfer[]
  readonly refused: readonly { readonly document: string; readonly why: string }[]
}

function whyRefused({ amount, currency, iban, name }: Transfer): string | null {
  if (currency !== 'EUR') return `${currency} is not paid by SEPA, which moves euros only`
  const account = whyNoAccount(iban, 'vendor')
  if (account !== null) return account
  if (Math.abs(amount) > AMOUNT_MAX) return 'A transfer can be at most 999,999,999.99'
  if (sepaLetters(name) === '') return 'The vendor has no name that a bank can read'
  return null
}

interface Ready extends Transfer {
  readonly iban: string
  readonly documents: readonly { readonly document: string; readonly amount: Minor }[]
}

/** Credit notes are taken off what the same vendor gets; where nothing is left, nothing goes out. */
function netted(payments: readonly Transfer[], refuse: (document: string, why: string) => void): Ready[] {
  const groups = new Map<string, Transfer[]>()
  for (const one of payments) groups.set(bareIban(one.iban!), [...(groups.get(bareIban(one.iban!)) ?? []), one])
  const alone = (one: Transfer): Ready => ({
    ...one,
    iban: bareIban(one.iban!),
    documents: [{ document: one.document, amount: one.amount }],
  })
  return [...groups.values()].flatMap((group) => {
    if (group.every(({ amount }) => amount > 0)) return group.map(alone)
    const amount = group.reduce((sum, one) => sum + one.amount, 0)
    if (amount <= 0) {
      for (const { document } of group)
        refuse(document, 'Bills and credit notes of this vendor leave nothing to pay: settle them against each other')
      return []
    }
    const [first] = group as [Transfer]
    const reference = group.map((one) => one.reference).join(' ')
    return [
      { ...alone(first), amount, reference, documents: group.map((one) => ({ document: one.document, amount: one.amount })) },
    ]
  })
}

function transferXml(one: Ready): string {
  const bic = bicOf(one.bic)
  const id = one.intent ? idOf(one.intent) : 'NOTPROVIDED'
  return tag(
    'CdtTrfTxInf',
    [
      tag('PmtId', (one.intent ? say('InstrId', id) : '') + say('EndToEndId', id)),
      tag('Amt', tag('InstdAmt', euros(one.amount), ' Ccy="EUR"')),
      bic === null ? '' : tag('CdtrAgt', tag('FinInstnId', say('BICFI', bic))),
      tag('Cdtr', say('Nm', wholeWords(sepaLetters(one.name), NAME_MAX)) + addressOf(one.address)),
      tag('CdtrAcct', tag('Id', say('IBAN', one.iban))),
      remittanceOf(one.reference),
    ].join(''),
  )
}

/** Writes a file: a block for each account and day. The same order is the same bytes. What can't be paid is named and left out. */
export function sepaFile({ message_id, created_at, today, debtor, payments }: FileOrder): WrittenFile {
  const refused: { document: string; why: string }[] = []
  const refuse = (document: string, why: string) => refused.push({ document, why })
  const fitting = payments.filter((one) => {
    const why = whyRefused(one)
    if (why !== null) refuse(one.document, why)
    return why === null
  })
  const blocks = new Map<string, { iban: string; date: PlainDate; transfers: Ready[] }>()
  for (const one of netted(fitting, refuse)) {
    const iban = bareIban(one.debtor_iban ?? debtor.iban)
    const date = openDay(one.execution_date ?? null, today, isTargetDay)
    const key = `${iban} ${date}`
    const block = blocks.get(key) ?? { iban, date, transfers: [] }
    block.transfers.push(one)
    blocks.set(key, block)
  }
  if (blocks.size === 0) return { file: null, transfers: [], refused }
  const name = wholeWords(sepaLetters(debtor.name), NAME_MAX)
  const written: WrittenTransfer[] = []
  const infos = [...blocks.values()].map(({ iban, date, transfers }, i) => {
    const payment_info_id = `${message_id.slice(0, ID_MAX - 4)}-${i + 1}`
    for (const { documents, amount, intent } of transfers)
      written.push({ documents, amount, end_to_end_id: intent ? idOf(intent) : null, payment_info_id, execution_date: date })
    const bic = iban === bareIban(debtor.iban) ? bicOf(debtor.bic) : null
    return tag(
      'PmtInf',
      [
        say('PmtInfId', payment_info_id),
        say('PmtMtd', 'TRF'),
        say('BtchBookg', 'true'),
        say('NbOfTxs', String(transfers.length)),
        say('CtrlSum', euros(sumOf(transfers))),
        tag('PmtTpInf', tag('SvcLvl', say('Cd', 'SEPA'))),
        tag('ReqdExctnDt', say('Dt', date)),
        tag('Dbtr', say('Nm', name)),
        tag('DbtrAcct', tag('Id', say('IBAN', iban))),
        tag('DbtrAgt', tag('FinInstnId', bic === null ? tag('Othr', say('Id', 'NOTPROVIDED')) : say('BICFI', bic))),
        say('ChrgBr', 'SLEV'),
        ...transfers.map(transferXml),
      ].join(''),
    )
  })
  const head = headOf(message_id, created_at, written, tag('InitgPty', say('Nm', name)))
  const file = documentOf('pain.001.001.09', tag('CstmrCdtTrfInitn', head + infos.join('')))
  return { file, transfers: written, refused }
}
