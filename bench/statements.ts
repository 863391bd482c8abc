import { performance } from 'node:perf_hooks'
import { type Books, matcher, type Payable } from '../src/core/statements/match.ts'
import type { Statement } from '../src/core/statements/types.ts'
import { readFileOfBank } from '../src/modules/payments/statements/statements.service.ts'
import { camtFile } from '../test/support/camt.ts'
import { keepResults } from './results.ts'

/**
 * A camt.053 of 10,000 lines against 10,000 open documents: how long it takes to read and to match, and how often the answer is right.
 * The ledger is made here, with its own idea of what people write; nothing of the matcher is used for it.
 *
 *   npx tsx bench/statements.ts
 */

const LINES = 10_000
let seed = 42
/** Mulberry32: the same ledger in each run. */
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
const upTo = (n: number) => Math.floor(random() * n)

const WORDS = ['Nord', 'Süd', 'Alpen', 'Küsten', 'Stern', 'Werk', 'Land', 'Brück', 'Hafen', 'Wald', 'Berg', 'Feld']
const KINDS = ['GmbH', 'AG', 'KG', 'e.K.', 'GmbH & Co. KG', 'SARL', 'B.V.', 'Ltd']
const companies = Array.from({ length: 900 }, (_, i) => ({
  name: `${pick(WORDS)}${pick(WORDS).toLowerCase()} ${pick(['Handel', 'Technik', 'Bau', 'Logistik', 'Medien'])} ${i} ${pick(KINDS)}`,
  iban: `DE${String(10 + (i % 89))}${String(20000000 + i)}${String(i).padStart(10, '0')}`,
}))

/** Series as companies number their invoices, some of which look alike. */
const numbers = [
  (i: number) => `RE-2026-${String(i).padStart(5, '0')}`,
  (i: number) => `INV${20260000 + i}`,
  (i: number) => `2026/${i}`,
  (i: number) => `R${i}`,
]
const documents: Payable[] = Array.from({ length: LINES }, (_, i) => {
  const company = pick(companies)
  const amount = random() < 0.3 ? pick([10000, 11900, 50000, 25000]) : 1000 + upTo(900_000)
  const discounted = random() < 0.1
  return {
    id: String(i),
    number: numbers[i % 4]!(i),
    kind: 'invoice',
    currency: 'EUR',
    open: amount,
    discounts: discounted ? [{ until: '2026-10-10', to_pay: amount - Math.round(amount * 0.02) }] : [],
    reference: null,
    counterpart: { name: company.name, ibans: [company.iban] },
  }
})

interface Line {
  readonly amount: number
  readonly text: string
  readonly payer: { name: string; iban: string }
  /** What a person would book without asking, or null: a person has to look. */
  readonly right: readonly string[] | null
}
const mangled = [
  (n: string) => n,
  (n: string) => `Rechnung ${n}`,
  (n: string) => `RG ${n.toLowerCase()} vom 20.08.`,
  (n: string) => `Kd.Nr. ${100000 + upTo(900000)} Rechnungsnr. ${n}`,
  (n: string) => `${n.replace(/-/g, ' ')} danke`,
  (n: string) => `Zahlung ${n.replace(/[-/]/g, '')}`,
]
const used = new Set<number>()
const next = (): number => {
  for (;;) {
    const i = upTo(LINES)
    if (!used.has(i)) {
      used.add(i)
      return i
    }
  }
}
const payerOf = (document: Payable) => ({ name: document.counterpart.name!, iban: document.counterpart.ibans[0]! })
const lines: Line[] = []
while (lines.length < LINES) {
  const chance = random()
  if (used.size > LINES - 10 || chance > 0.7) {
    // Money that has nothing to do with any of them, though amounts and digits may look like it.
    const other = pick(documents)
    const text = pick([
      `Miete ${1 + upTo(12)}/2026`,
      `Vertrag ${upTo(99999)}`,
      `KD ${other.number.replace(/\D/g, '')}9`,
      'Umbuchung',
      `Beleg 4711-${upTo(9999)}`,
    ])
    lines.push({ amount: random() < 0.5 ? other.open : 100 + upTo(90000), text, payer: pick(companies), right: null })
    continue
  }
  const i = next()
  const document = documents[i]!
  const number = document.number
  if (chance < 0.5)
    lines.push({ amount: document.open, text: pick(mangled)(number), payer: payerOf(document), right: [document.id] })
  else if (chance < 0.55)
    lines.push({ amount: document.open - 1 - upTo(500), text: number, payer: payerOf(document), right: null })
  else if (chance < 0.6 && document.discounts[0])
    lines.push({
      amount: document.discounts[0].to_pay,
      text: `${number} abzgl. 2%`,
      payer: payerOf(document),
      right: [document.id],
    })
  else if (chance < 0.66) {
    const other = documents[next()]!
    lines.push({
      amount: document.open + other.open,
      text: `${number} ${other.number}`,
      payer: payerOf(document),
      right: [document.id, other.id],
    })
  } else lines.push({ amount: document.open, text: 'laut Rechnung', payer: payerOf(document), right: null })
}

const file = Buffer.from(
  camtFile(
    lines.map(({ amount, text, payer }, i) => ({
      amount: (amount / 100).toFixed(2),
      day: '2026-10-05',
      ref: `B${i}`,
      text,
      name: payer.name,
      iban: payer.iban,
    })),
    { iban: 'DE89370400440532013000' },
  ),
)

const rounds = 3
const figures: { read: number; match: number; longest: number }[] = []
let statement: Statement | undefined
let verdicts: ReturnType<ReturnType<typeof matcher>>[] = []
const books: Books = { documents, sent: [], accounts: ['DE89370400440532013000'] }
for (let round = 0; round < rounds; round++) {
  const began = performance.now()
  statement = (await readFileOfBank(file, 'bench')).statements[0]!
  const read = performance.now() - began
  const { movements } = statement
  const start = performance.now()
  const decide = matcher(movements, books, true)
  let longest = performance.now() - start
  verdicts = []
  for (let at = 0; at < movements.length; at += 50) {
    const chunk = performance.now()
    for (let i = at; i < Math.min(at + 50, movements.length); i++) verdicts.push(decide(i))
    longest = Math.max(longest, performance.now() - chunk)
  }
  figures.push({ read, match: performance.now() - start, longest })
}

let matched = 0
let wrong = 0
let missed = 0
let due = 0
lines.forEach(({ right, text }, i) => {
  const verdict = verdicts[i]!
  if (right) due++
  if (verdict.verdict === 'match') {
    matched++
    const ids = verdict.pays
      .map(({ id }) => id)
      .sort()
      .join()
    if (!right || ids !== [...right].sort().join()) {
      wrong++
      console.log('WRONG', text, right, verdict)
    }
  } else if (right) {
    missed++
    if (process.env.SHOW && missed % 40 === 0) console.log('MISSED', text, verdict.why)
  }
})
const median = (of: keyof (typeof figures)[number]) => figures.map((one) => one[of]).sort((a, b) => a - b)[1]!
const text = `## Bank statements

\`npx tsx bench/statements.ts\`: a camt.053 of ${LINES.toLocaleString('en')} lines (${(file.length / 1e6).toFixed(1)} MB) against ${LINES.toLocaleString('en')} open invoices of a generated ledger, median of ${rounds}.

| what | figure |
| --- | ---: |
| read, in a process of its own | ${(median('read') / 1000).toFixed(2)} s |
| matched | ${(median('match') / 1000).toFixed(2)} s |
| longest turn of the event loop | ${median('longest').toFixed(0)} ms |
| booked without a person | ${matched} |
| of them wrong | **${wrong}** (precision ${((1 - wrong / matched) * 100).toFixed(2)} %) |
| left to a person though it was clear | ${missed} of ${due} (recall ${(((due - missed) / due) * 100).toFixed(1)} %) |
`
console.log(text)
keepResults('## Bank statements', text)
