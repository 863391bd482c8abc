import { addressNear, blocksOf, countryOf } from './addresses.ts'
import { dueInWords, firstDay, termsIn } from './due.ts'
import { best, type Found, type Hit, hitsOf, idIn, valueAt } from './hits.ts'
import { itemsOf, type Region } from './items.ts'
import { CREDIT_NOTE, INVOICE, plain, RECEIPT } from './labels.ts'
import { type Cell, heightOf, type Row, rowsOf, type Word } from './page.ts'
import { buyerCells, buyerOf, nobody, sellerName } from './parties.ts'
import { doubtsIn, sumsOf } from './sums.ts'
import type { Own, ReadAddress, ReadBill, ReadParty } from './types.ts'
import { currenciesIn, type DayOrder, dayIn, dayOrderOf, decimalOf, ibansIn, vatIdsIn, withoutDash } from './values.ts'
import { isAmong, isYours, numbersOfBuyer } from './whose.ts'

function currencyOf(rows: readonly Row[], hits: readonly Hit[], country: string | null): Found<string> | null {
  const votes = new Map<string, number>()
  const money = new Set(hits.filter(({ label }) => label === 'total' || label === 'subtotal').map(({ row }) => row))
  for (const [index, row] of rows.entries())
    for (const code of currenciesIn(row.text, country))
      votes.set(code, (votes.get(code) ?? 0) + (money.has(index) ? 6 : /\d/.test(row.text) ? 2 : 1))
  const codes = new Set(rows.flatMap(({ text }) => text.match(/\b[A-Z]{3}\b/g) ?? []))
  const dollars = ['AUD', 'CAD', 'NZD', 'SGD', 'HKD'].find((code) => codes.has(code))
  if (dollars && votes.has('USD') && !codes.has('USD')) votes.set(dollars, (votes.get(dollars) ?? 0) + votes.get('USD')! + 1)
  const ranked = [...votes].sort((a, b) => b[1] - a[1])
  const [first, second] = ranked
  return first ? { value: first[0], sure: second && second[1] === first[1] ? 0.5 : 0.97 } : null
}

/**
 * Reads a bill from its words. Nothing is guessed that isn't printed: a field that no text stands for is null. Amounts are in major units
 * as printed; `confidence` is 0 to 1 for every field that was found; `doubts` says what does not add up. `own` names the company that
 * received the bill, so that it isn't taken for the vendor.
 */
export function readBill(printed: readonly Word[], own: Own): ReadBill {
  const words = printed
    .filter(({ text }) => !/^[.…·_=~-]+$/.test(text))
    .map((word) => ({ ...word, text: withoutDash(word.text) }))
  const rows = rowsOf(words)
  const texts = rows.map(({ text }) => text)
  const whole = texts.join('\n')
  const flat = plain(whole)
  const decimal = decimalOf(texts)
  const items: Region = itemsOf(rows, decimal)
  const hits = hitsOf(rows, (cell) => items.cells.has(cell))
  const blocks = blocksOf(rows)
  const buyer = buyerCells(hits, blocks, rows, own)
  const buyerText = buyer.map(({ text }) => text).join('\n')
  const theirs = numbersOfBuyer(rows, buyer, own)
  const isTheirs = (number: string) => isAmong(number, theirs)
  const others = numbersOfOthers(hits)
  const allVatIds = rows.flatMap(({ cells }) => cells.flatMap(({ text }) => vatIdsIn(text)))
  const vatIds = allVatIds.filter((id) => !isTheirs(id) && !others.has(id))
  const inBlocks = blocks.map(({ cells }) => cells.map(({ text }) => text).join(' '))
  const ibans = [
    ...new Set([
      ...rows.flatMap(({ cells }) => cells.flatMap(({ text }) => ibansIn(text))),
      ...inBlocks.flatMap(ibansIn),
      ...ibansIn(texts.join(' \n ')),
    ]),
  ].filter((iban) => !theirs.has(iban))
  const home = ibans[0]?.slice(0, 2)
  const outside = rows.flatMap((row) =>
    rowLeft(
      row,
      row.cells.filter((cell) => !items.cells.has(cell)),
    ),
  )
  vatIds.sort((a, b) => Number(countryOf(b) === home) - Number(countryOf(a) === home))
  const name = sellerName(outside, hits, blocks, buyer, own)
  const address = addressNear(outside, blocksOf(outside), name?.cell ?? null, buyer)
  const country = address?.country ?? countryOf(vatIds[0]) ?? (ibans[0]?.slice(0, 2) || null)
  const currency = currencyOf(rows, hits, country)
  const order: DayOrder = dayOrderOf(texts, isAmerican(address, country, currency?.value ?? null))
  const daily = (text: string) => dayIn(text, order)
  const sums = sumsOf(hits, rows, decimal, items)
  const document_id = best(hits, 'document_id', idIn)
  const due = best(hits, 'due_date', daily) ?? dueInWords(rows, daily)
  const issued = best(hits, 'issued_at', daily) ?? firstDay(texts, daily, due?.value ?? null)
  const emails = [...whole.matchAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g)]
    .map(([email]) => email.toLowerCase().replace(/\.$/, ''))
    .filter((email) => !buyerText.toLowerCase().includes(email))
  const tight = (pattern: RegExp) => (text: string) => text.match(pattern)?.[0].replace(/\s/g, '') ?? null
  const bic = best(
    hits,
    'bic',
    (text) =>
      text
        .replace(/^[:\s]+/, '')
        .match(/^[A-Z]{4}\s?[A-Z]{2}\s?[A-Z0-9]{2}(?:\s?[A-Z0-9]{3})?\b/)?.[0]
        .replace(/\s/g, '') ?? null,
  )
  const sellers = hits.filter(
    ({ label, cell, row }) =>
      label !== 'vat_id' ||
      !(
        buyer.some(({ words }) => words.includes(cell.words[0]!)) ||
        isYours(plain(rows[row]!.cells.find(({ words }) => words.includes(cell.words[0]!))!.text))
      ),
  )
  const labelledVat = best(sellers, 'vat_id', (text) => vatIdsIn(text).find((id) => !isTheirs(id)) ?? vatIdLoose(text, isTheirs))
  // The number of an account with a vendor is none of a bank.
  const banks = hits.filter(({ label }) => /^(?:sort_code|routing_number|bic|iban|account_holder)$/.test(label))
  const atBank = ({ label, cell, rest }: Hit) =>
    label !== 'account_number' ||
    /^bank/.test(plain(cell.text)) ||
    /bank/i.test(rest) ||
    banks.some((one) => one.cell.page === cell.page && Math.abs(one.cell.y0 - cell.y0) < 6 * heightOf(cell))
  const seller: ReadParty = {
    name: name?.text ?? null,
    email: emails[0] ?? null,
    phone:
      best(hits, 'phone', (text) => text.replace(/^[:.\s]+/, '').match(/^\+?[\d][\d ()/.-]{5,20}\d/)?.[0] ?? null)?.value ?? null,
    tax_id:
      best(hits, 'tax_id', (text) => {
        const found = text.replace(/^[:.\s]+/, '').match(/^[A-Z]{0,3}\s?\d[\d /.-]{5,18}\d[A-Z]?/i)?.[0]
        return found && !isTheirs(found) ? found.trim() : null
      })?.value ?? null,
    vat_id: labelledVat?.value ?? vatIds.find((id) => !ibans.some((iban) => iban.startsWith(id))) ?? null,
    address: address && { ...address, country: address.country ?? countryOf(labelledVat?.value ?? vatIds[0]) ?? home ?? null },
    iban: ibans[0] ?? null,
    bic: bic?.value ?? whole.match(BIC_BROKEN)?.[1] ?? null,
    account_number: ibans[0]
      ? null
      : (best(hits.filter(atBank), 'account_number', tight(/^\d[\d -]{4,20}\d/))?.value?.replace(/-/g, '') ?? null),
    sort_code: best(hits, 'sort_code', tight(/\b\d{2}[-– ]?\d{2}[-– ]?\d{2}\b/))?.value.replace(/[–]/g, '-') ?? null,
    routing_number: best(hits, 'routing_number', tight(/\b\d{9}\b/))?.value ?? null,
  }
  const top = flat.slice(0, Math.max(600, flat.length / 3))
  const type =
    CREDIT_NOTE.test(top) && !/gutschrift(?:sverfahren| auf (?:das|unser))/.test(top)
      ? 'credit_note'
      : RECEIPT.test(top) && !INVOICE.test(top)
        ? 'receipt'
        : 'invoice'
  const confidence: Record<string, number> = {}
  const rate = (field: string, found: unknown, sure: number) =>
    Object.assign(confidence, found === null ? {} : { [field]: Math.round(sure * 100) / 100 })
  rate('type', CREDIT_NOTE.test(top) || RECEIPT.test(top) || INVOICE.test(top) || null, 0.9)
  rate('document_id', document_id, document_id?.sure ?? 0)
  rate('issued_at', issued, issued?.sure ?? 0)
  rate('due_date', due, due?.sure ?? 0)
  rate('currency', currency, currency?.sure ?? 0)
  for (const field of ['total', 'subtotal', 'tax_amount'] as const) rate(field, sums[field], sums.agrees ? 0.98 : 0.6)
  rate('name', name, name ? Math.min(0.97, 0.4 + name.score * 0.08) : 0)
  rate('iban', seller.iban, 0.99)
  rate('vat_id', seller.vat_id, vatIds.length > 0 ? 0.95 : 0.7)
  rate('address', address, 0.8)
  return {
    type,
    document_id: document_id?.value ?? null,
    original_document_id: best(hits, 'original_id', idIn)?.value ?? null,
    issued_at: issued?.value ?? null,
    due_date: due?.value ?? null,
    currency: currency?.value ?? null,
    total: sums.total,
    subtotal: sums.subtotal,
    tax_amount: sums.tax_amount,
    tax_rate: sums.tax_rate,
    discount: sums.discount,
    paid: sums.paid,
    due: null,
    charges: sums.charges,
    payment_terms: termsIn(rows, decimal, sums.total),
    purchase_order_number: best(hits, 'purchase_order_number', idIn)?.value ?? null,
    seller,
    buyer: { ...nobody, ...buyerOf({ rows, hits, blocks, buyer, seller, own, theirs: allVatIds.filter(isTheirs) }) },
    lines: items.lines,
    confidence,
    doubts: doubtsIn(
      sums,
      items.lines.map(({ total }) => total),
    ),
  }
}

/** Whether days are written as in the United States: the vendor is at home there, or nothing says where it is and it asks for dollars. */
function isAmerican(address: ReadAddress | null, country: string | null, currency: string | null): boolean {
  if (address?.state && !address.country) return true
  const british = /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/.test(address?.postal_code ?? '')
  return country === 'US' || (country === null && !british && currency === 'USD')
}

/** What is wrong with a reading: the fields a bill can't do without that were not found, and what does not add up. */
export const faultsOf = ({ total, document_id, issued_at, currency, seller, doubts }: ReadBill): number =>
  [total, document_id, issued_at, currency, seller.name].filter((one) => one === null).length + doubts.length

/** A row without some of its cells. */
const rowLeft = (row: Row, cells: readonly Cell[]): Row[] =>
  cells.length === 0
    ? []
    : cells.length === row.cells.length
      ? [row]
      : [{ ...row, cells, text: cells.map(({ text }) => text).join('  ') }]

/** What stands beside labels of other numbers, as it would look if it were a VAT number: it isn't one then. */
const numbersOfOthers = (hits: readonly Hit[]): Set<string> =>
  new Set(
    hits
      .filter(({ label }) => /^(?:document_id|purchase_order_number|customer_number|original_id)$/.test(label))
      .flatMap((hit) => valueAt(hit, idIn) ?? [])
      .map((id) => id.replace(/[\s.-]/g, '').toUpperCase()),
  )

/** A BIC that continues on the next line. */
const BIC_BROKEN = /\b(?:BIC|SWIFT)(?:[ /-]*(?:BIC|SWIFT|[Cc]ode))?:?\n([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Z0-9])/

/** A number beside a label that names it, where its form is not that of a country's VAT number. */
function vatIdLoose(text: string, isTheirs: (number: string) => boolean): string | null {
  const found =
    text
      .replace(/^[:.\s]+/, '')
      .match(/^[A-Z]{0,3}[- ]?[A-Z]?\d[\dA-Z]*(?:[ .-]\d[\dA-Z]*)*/)?.[0]
      .slice(0, 20)
      .replace(/[\s.-]/g, '') ?? null
  return found && (found.match(/\d/g)?.length ?? 0) >= 7 && !isTheirs(found) ? found : null
}
