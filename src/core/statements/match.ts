import type { PlainDate } from '../calendar.ts'
import { minorUnitsOf } from '../currencies.ts'
import { unaccented } from '../folding.ts'
import { decimal, type Minor } from '../money.ts'
import { plainReference } from './references.ts'
import type { Movement } from './types.ts'

/**
 * Which documents a movement pays. What may be booked without a person is a `match`: the reference names the document in full, the number
 * standing by itself; amount and currency are what is open, or the discounted amount while the discount lasts, or the sum of several
 * documents that are all named in full; and the money goes the right way. Or it is a payment of our own, by its end-to-end id or the id of
 * its block. Anything less is at most a proposal. The name of the other side alone decides nothing.
 */

export interface Discount {
  readonly until: PlainDate
  readonly to_pay: Minor
}

export interface Payable {
  readonly id: string
  readonly number: string
  /** `invoice` and `credit_note` are ours, `bill` is a vendor's. */
  readonly kind: 'invoice' | 'credit_note' | 'bill'
  readonly currency: string
  /** What is still to be paid; 0 for what is paid already. */
  readonly open: Minor
  /** What settles it, if paid by that day: the earlier tiers first. */
  readonly discounts: readonly Discount[]
  /** A structured reference that it bears. */
  readonly reference: string | null
  readonly counterpart: { readonly name: string | null; readonly ibans: readonly string[] }
}

/** A payment that we handed to a bank: a transfer, or a direct debit. */
interface Sent {
  /** How it stands on the statement: what we transfer is a debit there, what we collect a credit. */
  readonly sign: Movement['sign']
  readonly end_to_end_id: string
  readonly payment_info_id: string | null
  readonly amount: Minor
  readonly currency: string
  readonly pays: readonly { readonly id: string; readonly amount: Minor }[]
  /** A statement has shown it: what comes back of it is taken back. */
  readonly booked?: boolean
}

/** A movement that was booked from an earlier statement of the account, and not taken back since. */
interface Booked {
  readonly id: string
  readonly sign: Movement['sign']
  readonly amount: Minor
  readonly currency: string
  readonly end_to_end_id: string | null
  /** The bank's own ids of it. */
  readonly bank_refs: readonly string[]
  /** What was booked by it. */
  readonly pays: readonly Paid[]
}

export interface Books {
  readonly documents: readonly Payable[]
  readonly sent: readonly Sent[]
  readonly booked?: readonly Booked[]
  /** Our own accounts, as IBANs. */
  readonly accounts: readonly string[]
}

interface Paid {
  readonly id: string
  /** Below zero for a credit note that was deducted. */
  readonly amount: Minor
}

export interface Verdict {
  readonly verdict: 'match' | 'propose' | 'none'
  /** What it pays, or would. */
  readonly pays: readonly Paid[]
  /** Documents between which a person has to choose. */
  readonly candidates: readonly string[]
  /** For people: why. */
  readonly why: string
  /** Whether the document is settled by less than what is open: by a discount that still lasts. */
  readonly settles?: boolean
  readonly overpaid?: Minor
  /** An entry of the same file that it takes back, by its place. */
  readonly undoes?: number
  /** A payment of ours that came back, by its end-to-end id. */
  readonly undoes_payment?: string
  /** Documents whose payment came back, and how much of it. */
  readonly undo?: readonly Paid[]
  /** The movement of an earlier statement that it takes back, by its id. */
  readonly undoes_booked?: string
  /** A document that was paid already: the money is to be sent back or kept. */
  readonly already_paid?: string
}

const none = (why: string): Verdict => ({ verdict: 'none', pays: [], candidates: [], why })
const propose = (why: string, pays: readonly Paid[] = [], more: Partial<Verdict> = {}): Verdict => ({
  verdict: 'propose',
  pays,
  candidates: [],
  why,
  ...more,
})
const match = (why: string, pays: readonly Paid[], more: Partial<Verdict> = {}): Verdict => ({
  verdict: 'match',
  pays,
  candidates: [],
  why,
  ...more,
})

// Numbers in texts

const HYPHENS = /[\u2010-\u2015\u2212\u00ad]/g
/** Capitals without accents. */
const plain = (text: string) => unaccented(text.normalize('NFKC').replace(HYPHENS, '-')).toUpperCase()
const compact = (text: string) => plain(text).replace(/[^A-Z0-9]/g, '')

/** Words before which a bare number is the number of a document. */
const ANNOUNCED =
  /(?<![A-Z0-9])(?:RECHNUNGS?|RECHNUNGSNUMMER|RECHNUNGSNR|RE|RG|RGNR|RENR|NR|NO|NUM|NUMBER|NUMMER|INVOICE|INV|BILL|FACTURE|FACT|FAC|FACTUUR|FACTUURNUMMER|FATTURA|FATT|FACTURA|FAKTURA|BELEG|BELEGNR|DOC|REF)[\s.:#°-]*(?:NR|NO|NUMMER|NUMBER|N)?[\s.:#°-]*$/

interface Found {
  readonly document: Payable
  readonly from: number
  readonly to: number
}

interface Index {
  readonly byNumber: ReadonlyMap<string, readonly Payable[]>
  readonly lengths: readonly number[]
  readonly byReference: ReadonlyMap<string, readonly Payable[]>
  readonly byAmount: ReadonlyMap<string, readonly Payable[]>
  readonly byDiscounted: ReadonlyMap<string, readonly Payable[]>
}

interface Keyed {
  readonly document: Payable
  readonly key: string | null
}
function group(keyed: readonly Keyed[]): Map<string, Payable[]> {
  const groups = new Map<string, Payable[]>()
  for (const { document, key } of keyed) {
    if (key === null || key === '') continue
    const there = groups.get(key)
    if (there) there.push(document)
    else groups.set(key, [document])
  }
  return groups
}

function indexOf(documents: readonly Payable[]): Index {
  const by = (keyOf: (document: Payable) => string | null) =>
    group(documents.map((document) => ({ document, key: keyOf(document) })))
  const byNumber = by(({ number }) => compact(number))
  return {
    byNumber,
    lengths: [...new Set([...byNumber.keys()].map((number) => number.length))].sort((a, b) => b - a),
    byReference: by(({ reference }) => plainReference(reference)),
    byAmount: by(({ open, currency }) => `${open} ${currency}`),
    byDiscounted: group(
      documents.flatMap((document) => document.discounts.map((one) => ({ document, key: `${one.to_pay} ${document.currency}` }))),
    ),
  }
}

/**
 * Documents that a text names in full: their number stands by itself, whatever blanks, hyphens and capitals. A number of digits alone has
 * to be one word, and announced as the number of a document.
 */
function namedIn(text: string, movement: Movement, { byNumber, lengths }: Index): Found[] {
  const raw = plain(text)
  const places: number[] = []
  let letters = ''
  for (let i = 0; i < raw.length; i++)
    if (/[A-Z0-9]/.test(raw[i]!)) {
      places.push(i)
      letters += raw[i]
    }
  const found: Found[] = []
  for (let i = 0; i < letters.length; i++) {
    if (i > 0 && places[i]! === places[i - 1]! + 1 && !changesKind(letters[i - 1]!, letters[i]!)) continue
    for (const length of lengths) {
      if (i + length > letters.length) continue
      const number = letters.slice(i, i + length)
      const documents = byNumber.get(number)
      if (!documents) continue
      const from = places[i]!
      const to = places[i + length - 1]! + 1
      if (!standsAlone(raw, from, to)) continue
      for (const document of documents) if (isSaid(raw, movement, document, from, to)) found.push({ document, from, to })
    }
  }
  // A number that is part of a longer one that was found, too, was not meant.
  return found.filter((one) => !found.some((other) => other !== one && covers(other, one)))
}

const covers = (outer: Found, inner: Found) =>
  outer.from <= inner.from && outer.to >= inner.to && outer.to - outer.from > inner.to - inner.from
const isDigit = (char: string | undefined) => char !== undefined && char >= '0' && char <= '9'
const changesKind = (a: string, b: string) => isDigit(a) !== isDigit(b) && isDigit(a)

function standsAlone(raw: string, from: number, to: number): boolean {
  const [before, after] = [raw[from - 1], raw[to]]
  if (before !== undefined && /[A-Z0-9]/.test(before)) return false
  if (after !== undefined && /[A-Z0-9]/.test(after) && isDigit(raw[to - 1])) return false
  // 2026-0420-1 or 0420/2 is another number.
  return !(after !== undefined && /[-/]/.test(after) && isDigit(raw[to + 1]))
}

/**
 * Whether digits are meant as the number of this document. With letters in it a number speaks for itself; digits alone may be anything: they
 * have to be written as the document writes them, and be announced, or long, or all there is, or come from its counterpart. What may be a year
 * has to be announced.
 */
function isSaid(raw: string, movement: Movement, document: Payable, from: number, to: number): boolean {
  const { number } = document
  const written = raw.slice(from, to)
  const digits = compact(number)
  if (!/^\d+$/.test(digits)) return true
  if (written !== digits && written !== plain(number)) return false
  const [before, earlier] = [raw[from - 1], raw[from - 2]]
  if (before !== undefined && /[-/.,]/.test(before) && isDigit(earlier)) return false
  if (digits.length >= 9 || ANNOUNCED.test(raw.slice(0, from))) return true
  return !/^(19|20)\d\d$/.test(written) && (raw.trim() === written || isFrom(movement, document))
}

/** Short forms after a number in full: `RE-2026-0430, 0431 u. 0432` names three. */
function shortFormsIn(text: string, full: readonly Found[], { byNumber }: Index): Payable[] {
  const raw = plain(text)
  return full.flatMap(({ document, to }) => {
    const number = compact(document.number)
    const tail = /\d+$/.exec(number)?.[0] ?? ''
    const short = /\d+$/.exec(plain(document.number))?.[0].length ?? tail.length
    const list = /^(?:\s*(?:[,;+&/]|U\.?|UND|AND|ET|E|Y|EN)?\s*\d+(?![\d.,-]))+/.exec(raw.slice(to))?.[0] ?? ''
    return [...list.matchAll(/\d+/g)]
      .filter(([digits]) => digits.length === short)
      .flatMap(([digits]) => byNumber.get(number.slice(0, number.length - short) + digits) ?? [])
  })
}

// Who

const LEGAL =
  /\b(GMBH|MBH|AG|KG|KGAA|OHG|GBR|EG|EK|UG|SARL|SAS|SA|SRL|SPA|BV|NV|OY|OYJ|AB|AS|INC|LLC|LTD|LIMITED|PLC|CO|CORP|CORPORATION|UND|AND)\b/g
/** The words of a name, in any order, transliterated one way. */
function wordsOf(name: string): string[] {
  const german = name.normalize('NFC').replace(/[äÄ]/g, 'ae').replace(/[öÖ]/g, 'oe').replace(/[üÜ]/g, 'ue').replace(/ß/g, 'ss')
  const words = plain(german)
    .replace(/[.']/g, '')
    .replace(/[^A-Z0-9]+/g, ' ')
    .replace(LEGAL, ' ')
  return words.split(' ').filter((word) => word.length > 1)
}

function isFrom({ name, iban }: Movement, { counterpart }: Payable): boolean {
  if (iban !== null && counterpart.ibans.some((one) => one.replace(/\s/g, '').toUpperCase() === iban)) return true
  if (name === null || counterpart.name === null) return false
  const [a, b] = [wordsOf(name), wordsOf(counterpart.name)]
  if (a.length === 0 || b.length === 0) return false
  const [few, many] = a.length <= b.length ? [a, b] : [b, a]
  return few.every((word) => many.includes(word))
}

// Deciding

/** What is open changes as the movements of a file are gone through. */
interface State extends Books {
  readonly index: Index
  readonly open: Map<string, Minor>
  readonly sentById: ReadonlyMap<string, Sent>
  readonly sentByBlock: ReadonlyMap<string, readonly Sent[]>
  /** Our own payments that a statement has shown by now, by their end-to-end ids. */
  readonly shown: Set<string>
  readonly undone: Set<string>
}

function groupSent(sent: readonly Sent[]): Map<string, Sent[]> {
  const blocks = new Map<string, Sent[]>()
  for (const one of sent)
    if (one.payment_info_id !== null) blocks.set(one.payment_info_id, [...(blocks.get(one.payment_info_id) ?? []), one])
  return blocks
}

/**
 * Decides one movement after the other, by its place: what a match pays is not open any more for those that follow. `sound` is whether the
 * statement they stand in adds up.
 */
export function matcher(movements: readonly Movement[], books: Books, sound: boolean): (place: number) => Verdict {
  const state: State = {
    ...books,
    index: indexOf(books.documents),
    open: new Map(books.documents.map(({ id, open }) => [id, open])),
    sentByBlock: groupSent(books.sent),
    sentById: new Map(books.sent.map((one) => [one.end_to_end_id.toUpperCase(), one])),
    shown: new Set(books.sent.filter(({ booked }) => booked).map(({ end_to_end_id }) => end_to_end_id)),
    undone: new Set(),
  }
  const takenBack = new Map<number, number>()
  const undoes = new Map<number, number>()
  movements.forEach((movement, i) => {
    const undone = movement.reverses ? undoneBy(movements, i, takenBack) : -1
    if (undone < 0) return
    takenBack.set(undone, i)
    undoes.set(i, undone)
  })
  return (place) => {
    const undone = undoes.get(place)
    if (undone !== undefined) return propose('It takes back a movement of the same statement', [], { undoes: undone })
    const verdict = decide(movements[place]!, state)
    if (verdict.verdict !== 'match') return verdict
    if (takenBack.has(place)) return { ...verdict, verdict: 'propose', why: 'It is taken back in the same statement' }
    if (!sound) return { ...verdict, verdict: 'propose', why: 'The statement does not add up' }
    if (verdict.undoes_booked) state.undone.add(verdict.undoes_booked)
    if (verdict.undoes_payment) state.shown.delete(verdict.undoes_payment)
    for (const { id, amount } of verdict.pays) state.open.set(id, verdict.settles ? 0 : (state.open.get(id) ?? 0) - amount)
    return verdict
  }
}

/** The latest movement before this one that it takes back: the same amount the other way, by the same id where both have one. */
function undoneBy(movements: readonly Movement[], at: number, taken: ReadonlyMap<number, number>): number {
  const it = movements[at]!
  for (let i = at - 1; i >= 0; i--) {
    const one = movements[i]!
    const ids = it.end_to_end_id !== null && one.end_to_end_id !== null ? it.end_to_end_id === one.end_to_end_id : true
    if (!taken.has(i) && one.amount === it.amount && one.currency === it.currency && one.sign !== it.sign && !one.reverses && ids)
      return i
  }
  return -1
}

function decide(movement: Movement, state: State): Verdict {
  const { sign, amount, currency } = movement
  if (movement.status !== 'booked') return none('It is announced, and not booked')
  if (movement.iban !== null && state.accounts.includes(movement.iban)) return none('It goes between accounts of our own')
  if (movement.nature !== null) return none(`It is a ${movement.nature}`)
  const ours = movement.end_to_end_id === null ? undefined : state.sentById.get(movement.end_to_end_id.toUpperCase())
  const text = [movement.text, movement.reference].filter((one) => one !== null).join(' ')
  const found = text === '' ? [] : namedIn(text, movement, state.index)
  const referred =
    movement.reference === null ? [] : (state.index.byReference.get(plainReference(movement.reference) ?? '') ?? [])
  const named = unique([...referred, ...found.map(({ document }) => document)])
  if (movement.reverses || movement.return_reason !== null) return goingBack(movement, ours, named, state)
  if (ours) {
    if (sign !== ours.sign) return cameBack(movement, ours, state)
    const paid = !ours.booked && ours.pays.every(({ id, amount: part }) => (state.open.get(id) ?? 0) >= part)
    if (ours.amount === amount && ours.currency === currency && paid) {
      state.shown.add(ours.end_to_end_id)
      return match('It is our own payment', ours.pays)
    }
    return propose(
      paid ? 'It is our own payment with another amount' : 'It is our own payment of what is paid already',
      ours.pays,
    )
  }
  if (movement.payment_info_id !== null) {
    const block = (state.sentByBlock.get(movement.payment_info_id) ?? []).filter((one) => one.sign === sign && !one.booked)
    const sum = block.reduce((all, one) => all + one.amount, 0)
    if (block.length > 0) {
      const pays = block.flatMap((one) => one.pays)
      const open = pays.every(({ id, amount: part }) => (state.open.get(id) ?? 0) >= part)
      return sum === amount && block.length === movement.transactions && open
        ? match('It is our own file, by its id, number and sum', pays)
        : propose('It is our own file, and its number or sum is another', pays)
    }
  }
  if (movement.transactions !== null && movement.transactions > 1 && movement.name === null)
    return none(`It is the sum of ${movement.transactions} payments whose details are not known yet`)
  return byDocuments(movement, named, found, state)
}

/**
 * The other bank sent back what we transferred, or took back what we collected: its document is open again by as much. That is sure where a
 * statement has shown the payment, the bank says that it comes back, and the amount is that of the payment but for charges that are stated.
 */
function cameBack({ amount, fee, currency, return_reason, reverses }: Movement, ours: Sent, { shown }: State): Verdict {
  const undoes_payment = ours.end_to_end_id
  const debited = ours.sign === 'credit'
  const why = debited ? 'A direct debit of ours was taken back' : 'A payment of ours came back'
  if (!shown.has(undoes_payment)) return propose(why, [], { undoes_payment })
  const [paid] = ours.pays
  // Charges make what is taken back more, and what is sent back less.
  const whole = debited ? amount - (fee ?? 0) : amount + (fee ?? 0)
  const isSaid = return_reason !== null || reverses
  if (isSaid && ours.currency === currency && whole === ours.amount) return match(why, [], { undoes_payment, undo: ours.pays })
  const back = Math.min(ours.amount, whole)
  return propose(why, [], { undoes_payment, undo: paid ? [{ id: paid.id, amount: back }] : [] })
}

/** What an earlier statement booked and this one takes back: the same id and the same amount, the other way; null unless there is one. */
function bookedBefore(
  { sign, amount, currency, fee, end_to_end_id, bank_ref, entry_ref }: Movement,
  state: State,
): Booked | null {
  const whole = sign === 'debit' ? amount - (fee ?? 0) : amount + (fee ?? 0)
  const same = (state.booked ?? []).filter(
    (one) =>
      one.sign !== sign &&
      one.currency === currency &&
      (one.amount === amount || one.amount === whole) &&
      !state.undone.has(one.id) &&
      ((end_to_end_id !== null && one.end_to_end_id === end_to_end_id) ||
        one.bank_refs.some((ref) => ref === bank_ref || ref === entry_ref)),
  )
  return same.length === 1 ? (same[0] ?? null) : null
}

/** What comes back pays nothing; at most it opens something again. */
function goingBack(movement: Movement, ours: Sent | undefined, named: readonly Payable[], state: State): Verdict {
  if (ours && movement.sign !== ours.sign) return cameBack(movement, ours, state)
  const before = bookedBefore(movement, state)
  if (before) return match('It takes back what was booked before', [], { undoes_booked: before.id, undo: before.pays })
  const wanted = movement.sign === 'debit' ? 'invoice' : 'bill'
  const documents = named.filter(({ kind }) => kind === wanted)
  if (documents.length === 1) {
    const amount = movement.amount - (movement.return_reason !== null ? (movement.fee ?? 0) : 0)
    return propose('A payment of this document came back', [], { undo: documents.map(({ id }) => ({ id, amount })) })
  }
  return none('It takes something back that is not known')
}

const unique = (documents: readonly Payable[]) => [...new Map(documents.map((one) => [one.id, one])).values()]
const sumOf = (amounts: readonly Minor[]) => amounts.reduce((all, one) => all + one, 0)

function byDocuments(movement: Movement, named: readonly Payable[], found: readonly Found[], state: State): Verdict {
  const { sign, amount, currency, date, original } = movement
  const wanted: Payable['kind'] = sign === 'credit' ? 'invoice' : 'bill'
  const openOf = ({ id }: Payable) => state.open.get(id) ?? 0
  const refunds = sign === 'debit' ? named.filter(({ kind }) => kind === 'credit_note') : []
  if (refunds.length === 1 && openOf(refunds[0]!) > 0)
    return propose('It may be the refund of a credit note', [{ id: refunds[0]!.id, amount }])
  const meant = named.filter(({ kind }) => kind === wanted)
  const open = meant.filter((one) => openOf(one) > 0)
  if (meant.length > 0 && open.length === 0) {
    return { ...none('What it names is paid already'), already_paid: meant[0]!.id }
  }
  if (open.length > 0) {
    const other = open.find((one) => one.currency !== currency)
    if (other) {
      const arrived = open.length === 1 && original?.currency === other.currency ? original.amount : null
      return propose(
        `It names a document in ${other.currency} and arrived in ${currency}`,
        arrived === null ? [] : [{ id: other.id, amount: Math.min(arrived, openOf(other)) }],
        arrived === null ? { candidates: open.map(({ id }) => id) } : {},
      )
    }
    const several = sameNumber(open)
    if (several) return propose('Several documents bear that number', [], { candidates: open.map(({ id }) => id) })
    const [only] = open
    return open.length === 1 ? byOne(movement, only!, named, found, state) : bySeveral(movement, open, named, state)
  }
  // Nothing is named in full: who pays, and how much, together make a proposal.
  const fitting = [...(state.index.byAmount.get(`${amount} ${currency}`) ?? [])].filter(
    (one) => one.kind === wanted && openOf(one) === amount && isFrom(movement, one),
  )
  const discounted = (state.index.byDiscounted.get(`${amount} ${currency}`) ?? []).filter(
    (one) => one.kind === wanted && openOf(one) > 0 && lasting(one, date)?.to_pay === amount,
  )
  const likely = fitting.length > 0 ? fitting : discounted.filter((one) => isFrom(movement, one))
  if (likely.length === 1) return propose('Payer and amount fit, the reference does not name it', [{ id: likely[0]!.id, amount }])
  if (likely.length > 1) return propose('Payer and amount fit several documents', [], { candidates: likely.map(({ id }) => id) })
  return none('No open document fits')
}

/** Whether two of them bear the same number, e.g. bills of two vendors. */
const sameNumber = (documents: readonly Payable[]) =>
  new Set(documents.map(({ number }) => compact(number))).size < documents.length

/** The discount that is to be had on a day: the first tier that has not ended. */
const lasting = ({ discounts }: Payable, day: PlainDate): Discount | undefined => discounts.find(({ until }) => day <= until)

function byOne(movement: Movement, document: Payable, named: readonly Payable[], found: readonly Found[], state: State): Verdict {
  const { amount, currency, date, fee, entry_amount, sign } = movement
  const { id } = document
  const openOf = (one: Payable) => state.open.get(one.id) ?? 0
  const open = openOf(document)
  const short = unique(shortFormsIn(movement.text ?? '', found, state.index)).filter(
    (one) => one.id !== id && one.kind === document.kind,
  )
  if (short.length > 0 && amount !== open) {
    const all = [document, ...short]
    if (sumOf(all.map(openOf)) === amount && all.every((one) => one.currency === currency))
      return propose(
        'Short forms follow a number in full, and the sum fits',
        all.map((one) => ({ id: one.id, amount: openOf(one) })),
      )
  }
  const credits = named.filter(({ kind }) => kind === 'credit_note' && sign === 'credit')
  if (credits.length > 0) {
    const deducted = sumOf(credits.map(openOf))
    if (open - deducted === amount)
      return propose('An invoice less a credit note', [
        { id, amount: open },
        ...credits.map((one) => ({ id: one.id, amount: -openOf(one) })),
      ])
  }
  if (amount === open) return match('Number and amount fit', [{ id, amount }])
  if (amount === lasting(document, date)?.to_pay)
    return match('Number and discounted amount fit', [{ id, amount }], { settles: true })
  if (fee !== null && entry_amount === null && sign === 'credit' && amount + fee === open)
    return propose(`${decimal(fee, minorUnitsOf(currency))} ${currency} of charges were taken off on the way`, [
      { id, amount: open },
    ])
  if (amount > open) return propose('It is more than what is open', [{ id, amount }], { overpaid: amount - open })
  if (document.discounts.some(({ to_pay }) => to_pay === amount))
    return propose('The discount had ended', [{ id, amount }], { settles: false })
  return propose('It is less than what is open', [{ id, amount }], { settles: false })
}

function bySeveral(movement: Movement, open: readonly Payable[], named: readonly Payable[], state: State): Verdict {
  const { amount, date, sign } = movement
  const openOf = (one: Payable) => state.open.get(one.id) ?? 0
  const full = open.map((one) => ({ id: one.id, amount: openOf(one) }))
  const sum = sumOf(full.map((one) => one.amount))
  const credits = sign === 'credit' ? named.filter(({ kind }) => kind === 'credit_note') : []
  if (credits.length > 0 && sum - sumOf(credits.map(openOf)) === amount)
    return propose('Invoices less credit notes', [...full, ...credits.map((one) => ({ id: one.id, amount: -openOf(one) }))])
  if (sum === amount) return match('All are named in full, and the sum fits', full)
  const discounted = open.map((one) => ({ id: one.id, amount: lasting(one, date)?.to_pay ?? openOf(one) }))
  if (sumOf(discounted.map((one) => one.amount)) === amount) return propose('The sum fits with the discounts', discounted)
  return propose('Several documents are named, and the sum is another', [], { candidates: open.map(({ id }) => id) })
}
