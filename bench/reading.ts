import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dueBy } from '../src/core/bills.ts'
import { readTerms } from '../src/core/reading/terms.ts'
import { sniff } from '../src/modules/common/files/files.service.ts'
import { termsFrom } from '../src/modules/payables/reading/extracted.snapshot.ts'
import { make } from './bills/make.ts'
import { type Found, report, type Score, score } from './bills/score.ts'
import { keepResults } from './results.ts'

/**
 * How well and how fast bills are read: `npx tsx bench/reading.ts [year]`. Makes the bills (another word for the year makes others, which no
 * rule was written for), reads each by the built reader in its own process, as the server does, and prints shares and times.
 */
const { build } = await import('../scripts/build.mjs' as string)
await build()
const { readFile } = (await import('../dist/reading.js' as string)) as typeof import('../src/platform/reading/reading.ts')

const nobody = {
  name: null,
  vat_id: null,
  tax_id: null,
  iban: null,
  bic: null,
  account_number: null,
  sort_code: null,
  address: null,
}
const nothing: Found = {
  document_id: null,
  issued_at: null,
  due_date: null,
  currency: null,
  total: null,
  subtotal: null,
  tax_amount: null,
  purchase_order_number: null,
  seller: nobody,
  lines: [],
}

const year = process.argv[2] ?? '2026'
const folder = mkdtempSync(join(tmpdir(), 'quittance-bills-'))
const scores: Score[] = []
const times = new Map<string, number[]>()
for (const truth of await make(folder, year)) {
  const bytes = readFileSync(join(folder, truth.file))
  const { name, vat_id } = truth.buyer
  const started = performance.now()
  const outcome = await readFile(
    bytes,
    sniff(bytes),
    { names: [name], vat_ids: vat_id ? [vat_id] : [], ids: [], ibans: [] },
    { scan_s: 30 },
  )
  times.set(truth.kind, [...(times.get(truth.kind) ?? []), performance.now() - started])
  scores.push(score(truth, 'way' in outcome ? shown(outcome.bill) : nothing))
}
rmSync(folder, { recursive: true })
const spent = [...times].map(([kind, taken]) => {
  const sorted = taken.sort((a, b) => a - b)
  const ms = (share: number) => `${Math.round(sorted[Math.floor(share * (sorted.length - 1))]!)} ms`
  return `${kind}: median ${ms(0.5)}, nine of ten within ${ms(0.9)}, slowest ${ms(1)}`
})
const found = `Made by \`npx tsx bench/reading.ts ${year}\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, each bill in a process of its own, start included.
The bills come from \`bench/bills/make.ts\`; the year 2026 is the one that the rules were written with, the others show bills nobody had looked at.

\`\`\`text
${report(scores)}

${spent.join('\n')}
\`\`\``
console.log(found)
keepResults(`## Reading bills, ${year}`, `## Reading bills, ${year}\n\n${found}`)
process.exit(0)

/** As the bill would show it: the due day follows from the terms where none is printed. */
function shown(bill: import('../src/core/reading/types.ts').ReadBill): Found {
  return {
    ...bill,
    due_date:
      bill.due_date ??
      readTerms(bill.payment_terms).due_date ??
      dueBy(bill.issued_at, termsFrom(bill.payment_terms, readTerms(bill.payment_terms))),
  }
}
