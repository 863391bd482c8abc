import type { PlainDate } from '../calendar.ts'
import { decimal, type Minor } from '../money.ts'
import { isIban } from '../reading/values.ts'
import { isRfReference, plainReference } from '../statements/references.ts'
import { isTargetDay, openDay } from './days.ts'
import { sepaLetters, wholeWords } from './letters.ts'

/** pain.001.001.09: credit transfers in euros for a bank to carry out (EPC132-08). */

export interface Transfer {
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
export interface Address {
  readonly line1?: string | null
  readonly line2?: string | null
  readonly postal_code?: string | null
  readonly city?: string | null
  readonly country?: string | null
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

export interface WrittenTransfer {
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

/** Countries of SEPA by the code of their IBANs (EPC409-09). */
export const sepaCountries: ReadonlySet<string> = new Set(
  'AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI SK SM VA'.split(
    ' ',
  ),
)
const AMOUNT_MAX = 99_999_999_999
const NAME_MAX = 70
const TEXT_MAX = 140
const ID_MAX = 35

export const bareIban = (iban: string) => iban.replace(/\s/g, '').toUpperCase()

function whyRefused({ amount, currency, iban, name }: Transfer): string | null {
  if (currency !== 'EUR') return `${currency} is not paid by SEPA, which moves euros only`
  if (iban === null || iban.trim() === '') return 'The vendor has no IBAN'
  const bare = bareIban(iban)
  if (!sepaCountries.has(bare.slice(0, 2))) return `${bare.slice(0, 2)} is not in SEPA`
  if (!isIban(bare)) return `${bare} is no IBAN: its length or its check digits are wrong`
  if (Math.abs(amount) > AMOUNT_MAX) return 'A transfer is over 999,999,999.99 at most'
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

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const tag = (name: string, content: string, attributes = '') => `<${name}${attributes}>${content}</${name}>`
const say = (name: string, text: string) => tag(name, escaped(text))
const euros = (amount: Minor) => decimal(amount, 2)

const idOf = (intent: string) => sepaLetters(intent.replace(/-/g, '')).slice(0, ID_MAX)
const bicOf = (bic: string | null | undefined) => {
  const bare = (bic ?? '').replace(/\s/g, '').toUpperCase()
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bare) ? bare : null
}

/** From November 2026 an address names its town and country, or is left out. */
function addressOf(address: Address | null | undefined): string {
  const town = sepaLetters(address?.city ?? '').slice(0, 35)
  const country = (address?.country ?? '').toUpperCase()
  if (town === '' || !/^[A-Z]{2}$/.test(country)) return ''
  const lines = [address?.line1, address?.line2].map((line) => sepaLetters(line ?? '').slice(0, 70)).filter((line) => line !== '')
  const code = sepaLetters(address?.postal_code ?? '').slice(0, 16)
  const parts = [
    code === '' ? '' : say('PstCd', code),
    say('TwnNm', town),
    say('Ctry', country),
    ...lines.map((line) => say('AdrLine', line)),
  ]
  return tag('PstlAdr', parts.join(''))
}

function remittanceOf(reference: string): string {
  const structured = plainReference(reference)
  if (structured !== null && isRfReference(structured)) {
    const kind = tag('Tp', tag('CdOrPrtry', say('Cd', 'SCOR')) + say('Issr', 'ISO'))
    return tag('RmtInf', tag('Strd', tag('CdtrRefInf', kind + say('Ref', structured))))
  }
  const text = wholeWords(sepaLetters(reference.replace(/\+{3}/g, ' ')), TEXT_MAX)
  return text === '' ? '' : tag('RmtInf', say('Ustrd', text))
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

const sumOf = (transfers: readonly { amount: Minor }[]) => transfers.reduce((sum, { amount }) => sum + amount, 0)

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
  const head = [
    say('MsgId', message_id),
    say('CreDtTm', created_at),
    say('NbOfTxs', String(written.length)),
    say('CtrlSum', euros(sumOf(written))),
    tag('InitgPty', say('Nm', name)),
  ]
  const body = tag('CstmrCdtTrfInitn', tag('GrpHdr', head.join('')) + infos.join(''))
  const file = `<?xml version="1.0" encoding="UTF-8"?>\n${tag('Document', body, ' xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"')}\n`
  return { file, transfers: written, refused }
}
