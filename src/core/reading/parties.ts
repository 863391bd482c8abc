import type { Block } from './addresses.ts'
import { type Hit, labelAt, wordsOf } from './hits.ts'
import { CREDIT_NOTE, INVOICE, type Label, LEGAL_FORM, plain, TITLE } from './labels.ts'
import { type Cell, heightOf, overlap, type Row } from './page.ts'
import type { Own, ReadParty } from './types.ts'
import { moneyIn } from './values.ts'
import { bareNumber } from './whose.ts'

/** Who sent a bill, and whom it is for. */

export const nobody: ReadParty = {
  name: null,
  email: null,
  phone: null,
  tax_id: null,
  vat_id: null,
  address: null,
  iban: null,
  bic: null,
  account_number: null,
  sort_code: null,
  routing_number: null,
}

const letters = (text: string) => plain(text).replace(/[^a-z0-9]/g, '')
const isOwn = (text: string, own: Own) =>
  own.names.some((name) => letters(name).length > 3 && letters(text).includes(letters(name)))

/** Whether a text ends like the name of a company; in capitals, too. */
const signed = (text: string) => LEGAL_FORM.test(text) || (text === text.toUpperCase() && CAPITAL_FORM.test(text))
const CAPITAL_FORM = new RegExp(LEGAL_FORM.source, 'iu')

const FORM_ALONE = new RegExp(`${LEGAL_FORM.source.replace('(?:^|[\\s,])', '^')}\\W*$|^\\(haftungsbeschr[^)]*\\)$`, 'u')

interface NameCandidate {
  readonly text: string
  readonly cell: Cell
  score: number
}

/** The vendor's name, by everything that speaks for a text: legal form, place, size, label, account holder, domain, address below it. */
export function sellerName(
  rows: readonly Row[],
  hits: readonly Hit[],
  blocks: readonly Block[],
  buyer: readonly Cell[],
  own: Own,
): NameCandidate | null {
  const domains = [
    ...new Set(
      rows.flatMap(({ text }) =>
        [...text.matchAll(/(?:@|www\.|https?:\/\/(?:www\.)?)([a-z0-9-]{3,})\.[a-z.]{2,}/gi)].map(([, name]) => letters(name!)),
      ),
    ),
  ]
  const heights = rows.flatMap(({ cells }) => cells.map(heightOf)).sort((a, b) => a - b)
  const usual = heights[Math.floor(heights.length / 2)] ?? 1
  const bottom = Math.max(...rows.map(({ y1 }) => y1), 1)
  const after = (label: Label) =>
    hits
      .filter((hit) => hit.label === label)
      .flatMap((hit) => [
        hit.rest,
        ...hit.right.slice(0, 1).map(({ text }) => text),
        ...(hit.rest || hit.right.length > 0 ? [] : hit.below.slice(0, 1).map(({ text }) => text)),
      ])
  const holders = after('account_holder').map(letters).filter(Boolean)
  const named = [
    ...after('seller').map(letters),
    ...hits.filter(({ label }) => label === 'seller').flatMap(({ below }) => below.slice(0, 1).map(({ text }) => letters(text))),
  ].filter(Boolean)
  const seen = new Map<string, NameCandidate>()
  for (const [index, row] of rows.entries())
    for (const [at, cell] of row.cells.entries()) {
      const parts = cell.text.split(/\s*[·•|]\s*|\s+[–—-]\s+|,\s+(?=.*\d)/)
      // A name that is wider than its column ends below with its legal form.
      const block = blocks.find(({ cells }) => cells.includes(cell))
      const below =
        block?.cells[block.cells.indexOf(cell) + 1]?.text ??
        rows[index + 1]?.cells.find((one) => overlap(one, cell) > 0.8)?.text ??
        ''
      if (parts.length === 1 && below && (FORM_ALONE.test(below) || /\s(?:&|und|and|et|y|e|en)$/.test(cell.text)))
        parts[0] = `${parts[0]} ${below}`
      // A comma before the legal form parts nothing.
      if (parts[1] && FORM_ALONE.test(parts[1])) parts.splice(0, 2, `${parts[0]}, ${parts[1]}`)
      for (const [place, raw] of parts.slice(0, 2).entries()) {
        const label = labelAt(cell.words, 0)
        const stripped =
          place === 0 && label && /^(?:seller|account_holder)$/.test(label.label)
            ? cell.words
                .slice(wordsOf(cell.words, 0, label.length))
                .map(({ text }) => text)
                .join(' ')
            : raw
        const text = stripped.replace(/^[\s:]+|[\s:,;]+$/g, '').trim()
        const key = letters(text)
        if (
          key.length < 3 ||
          letters(text.replace(LEGAL_FORM, '')).length < 2 ||
          text.length > 70 ||
          text.split(/\s+/).length > 8 ||
          !/\p{L}{2}/u.test(text)
        )
          continue
        if (TITLE.test(plain(text)) || /@|www\.|https?:|%/.test(text) || isOwn(text, own) || buyer.includes(cell)) continue
        if ((text.match(/\d/g)?.length ?? 0) > 4 || moneyIn(text, '.') !== null || moneyIn(text, ',') !== null) continue
        let score = 0
        if (signed(text)) score += 4
        if (named.includes(key)) score += 3.5
        if (holders.includes(key)) score += 3
        if (
          domains.some((domain) => domain.length > 3 && (key.includes(domain) || domain.includes(key) || sameStart(key, domain)))
        )
          score += 2.5
        if (row.page === 0 && heightOf(cell) > 1.25 * usual) score += Math.min(2, heightOf(cell) / usual - 0.5)
        if (row.page === 0 && row.y0 < 0.12 * bottom) score += 1.5
        if (index === 0 && at === 0) score += 0.5
        if (block && block.cells[0] === cell && block.hasAddress) score += 2
        if (place > 0 || (parts.length > 1 && place === 0 && /\d/.test(parts.at(-1)!))) score += place > 0 ? -2 : 1
        if (label && !/^(?:seller|account_holder)$/.test(label.label) && label.length >= 0.5 * plain(text).length) score -= 5
        if (/[.!?]$/.test(text) && !LEGAL_FORM.test(text) && text.split(/\s+/).length > 3) score -= 3
        if (/^\p{Ll}/u.test(text)) score -= 1
        if (/\d/.test(text)) score -= 1.5
        if (INVOICE.test(plain(text)) || CREDIT_NOTE.test(plain(text))) score -= 3
        const known = seen.get(key)
        if (known) known.score = Math.max(known.score, score) + 1
        else seen.set(key, { text, cell, score })
      }
    }
  const ranked = [...seen.values()].sort((a, b) => b.score - a.score)
  const first = ranked[0]
  if (!first || first.score < 2) return null
  // A wordmark is the beginning of a name: the whole name stands elsewhere.
  const whole = signed(first.text)
    ? undefined
    : ranked
        .filter(
          (one) =>
            one.score > 0 &&
            letters(one.text).length > letters(first.text).length &&
            letters(one.text).startsWith(letters(first.text)),
        )
        .sort((a, b) => Number(signed(b.text)) - Number(signed(a.text)))[0]
  return whole ? { ...whole, score: first.score } : first
}

function sameStart(a: string, b: string): boolean {
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  return i >= 5
}

/** Whether a cell is the beginning of our name, of which a reader of pictures lost a part. */
function beginsOwn(cell: Cell, rows: readonly Row[], own: Own): boolean {
  const start = letters(cell.text)
  if (start.length < 4 || !own.names.some((name) => letters(name).startsWith(start))) return false
  const row = rows.find(({ cells }) => cells.includes(cell))
  return (
    row !== undefined &&
    isOwn(
      row.cells
        .slice(row.cells.indexOf(cell))
        .map(({ text }) => text)
        .join(' '),
      own,
    )
  )
}

/** The cells that say who the bill is for. */
export function buyerCells(hits: readonly Hit[], blocks: readonly Block[], rows: readonly Row[], own: Own): Cell[] {
  const found = new Set<Cell>()
  for (const block of blocks)
    if (block.cells.some((cell) => isOwn(cell.text, own) || beginsOwn(cell, rows, own)))
      for (const cell of block.cells) found.add(cell)
  for (const hit of hits) {
    if (hit.label !== 'buyer' || hit.rest.split(' ').length > 8) continue
    const start = hit.rest ? undefined : (hit.below[0] ?? hit.right[0])
    const block = blocks.find(({ cells }) => cells.some((cell) => cell === start || cell.words.includes(hit.cell.words[0]!)))
    if (block && plain(block.cells[0]!.text).length > 0)
      for (const cell of block.cells) if (cell.y0 >= hit.cell.y0 - 1) found.add(cell)
    if (start) for (const cell of blocks.find(({ cells }) => cells.includes(start))?.cells ?? []) found.add(cell)
  }
  return rows.flatMap(({ cells }) => cells).filter((cell) => found.has(cell))
}

interface Addressed {
  readonly rows: readonly Row[]
  readonly hits: readonly Hit[]
  readonly blocks: readonly Block[]
  readonly buyer: readonly Cell[]
  readonly seller: ReadParty
  readonly own: Own
  /** The VAT numbers on the page that are the buyer's. */
  readonly theirs: readonly string[]
}

/**
 * Whom the bill is for: the company that received it where its name or number is printed anywhere; else who stands beside or below a label
 * for the buyer; else a company with an address that isn't the seller.
 */
export function buyerOf({ rows, hits, blocks, buyer, seller, own, theirs }: Addressed): Pick<ReadParty, 'name' | 'vat_id'> {
  const ours = own.vat_ids.map(bareNumber)
  const vat_id = theirs.find((id) => ours.includes(bareNumber(id))) ?? theirs[0] ?? null
  const printed = letters(rows.map(({ text }) => text).join(' '))
  const ownName = own.names.find((name) => letters(name).length > 3 && printed.includes(letters(name)))
  if (ownName || buyer.some((cell) => beginsOwn(cell, rows, own))) return { name: ownName ?? own.names[0] ?? null, vat_id }
  const vendor = letters(seller.name ?? '')
  const isName = (text: string) => {
    const key = letters(text)
    const ofVendor = vendor.length > 2 && (key.includes(vendor) || vendor.includes(key))
    return key.length > 3 && !ofVendor && !/\d|[@:]/.test(text) && text.split(/\s+/).length <= 8 && !TITLE.test(plain(text))
  }
  const labelled = hits
    .filter(({ label }) => label === 'buyer')
    .flatMap(({ rest, right, below }) => [rest, below[0]?.text ?? '', right[0]?.text ?? ''])
    .find((text) => isName(text) && signed(text))
  const inBlock = blocks
    .flatMap(({ cells, hasAddress }) => (hasAddress ? cells.map(({ text }) => text) : []))
    .find((text) => signed(text) && isName(text) && !/bank|sparkasse|caisse|cassa/i.test(text))
  return { name: labelled ?? inBlock ?? null, vat_id }
}
