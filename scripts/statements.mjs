// Reads the SQL of src as text, and says where a statement goes past the compiler, or past the flow of its table.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How many statements of a file are put together while the server runs, so that PostgreSQL can't describe them; decision 62 says why. None are in
 * src/modules, and the list only gets shorter.
 */
const putTogether = {
  // Conditions that the request chooses.
  'src/platform/audit-log/entries.ts': 4,
  'src/platform/auth/reach.ts': 2,
  'src/platform/http/analytics.ts': 4,
  'src/platform/http/listing.ts': 4,
  'src/platform/http/naming.ts': 1,
  'src/tools/trigger.ts': 1,
  // Sums over the table of each kind of document.
  'src/platform/kept-sums/kept-sums.ts': 3,
  // Tables and columns that the catalogue names.
  'src/platform/database/whole-rows.ts': 4,
  // Questions that are kept as text.
  'src/platform/database/questions.ts': 1,
  // The machinery.
  'src/platform/auth/access.ts': 2,
  'src/platform/database/context.ts': 3,
  'src/platform/database/rows.ts': 4,
  'src/platform/database/sql.ts': 1,
  'src/platform/http/answering.ts': 1,
  'src/platform/http/idempotency.ts': 3,
  'src/platform/jobs/jobs.ts': 2,
}

/**
 * Tables whose status changes by `rows.move`, or by the one function of their own that asks the flow, and how many statements set it in SQL all
 * the same: those of that function, and those that end many rows at once.
 */
const flows = {
  receivables: { 'src/modules/receivables/receivables.service.ts': 1 },
  payables: {},
  payable_credit_notes: { 'src/modules/payables/payables.service.ts': 1 },
  payable_purchase_orders: {},
  delivery_notes: {},
  recurrences: {},
  mandates: { 'src/modules/payments/mandates/mandates.service.ts': 1 },
  approval_requests: { 'src/modules/approvals/withdraw.service.ts': 3 },
  approval_processes: { 'src/modules/approvals/running.service.ts': 2, 'src/modules/approvals/withdraw.service.ts': 1 },
  payment_intents: { 'src/modules/booking/moving.service.ts': 1 },
  payment_records: { 'src/modules/booking/ledger.service.ts': 1 },
}

/** What is wrong, a line for each. */
export function faultsOfStatements() {
  const faults = []
  for (const file of readdirSync('src', { recursive: true }).map((name) => join('src', name).replaceAll('\\', '/'))) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.endsWith('.types.ts')) continue
    const source = readFileSync(file, 'utf8')
    compare(file, 'statements that are not written as sql(`…`)', countOf(source, /\bdb\.query\b/g), putTogether[file])
    for (const [table, allowed] of Object.entries(flows)) {
      const sets = new RegExp(`\\bupdate ${table}\\b[^\`]{0,80}?\\bset\\b(?:(?!\\bwhere\\b)[^\`])*?\\bstatus = `, 'g')
      compare(
        file,
        `statements that set the status of ${table}, which its flow is asked for`,
        countOf(source, sets),
        allowed[file],
      )
    }
  }
  return faults

  function compare(file, what, count, allowed = 0) {
    if (count > allowed) faults.push(`${file}: ${count} ${what}; ${allowed} may be`)
    if (count < allowed) faults.push(`${file}: ${count} ${what}, fewer than scripts/statements.mjs says: change it there`)
  }
}

const countOf = (text, pattern) => text.match(pattern)?.length ?? 0
