import { asSystem, type Db } from '../../platform/database/context.ts'
import { ask } from '../../platform/database/questions.ts'
import { questions, TENANT_TABLES } from './questions.ts'
import { wrongTotals } from './recompute.ts'
import { wrongBills } from './recompute-bills.ts'

/** A question about the books, and every row that answers it badly. */
export interface Finding {
  readonly question: string
  readonly rows: Record<string, unknown>[]
}

/**
 * Asks the books whether every promise holds, and changes nothing. Each question is one statement over one snapshot, so requests may
 * go on meanwhile; the totals are computed again by the core, document by document.
 */
export async function audit(db: Db): Promise<Finding[]> {
  const tables = await asSystem(db, (ctx) => TENANT_TABLES(ctx))
  const names = tables.map(({ name }) => name)
  const findings: Finding[] = []
  for (const { question, sql } of questions)
    findings.push({ question, rows: await ask(db, typeof sql === 'string' ? sql : sql(names)) })
  findings.push({ question: 'Every figure of every document is what its lines and terms come to', rows: await wrongTotals(db) })
  findings.push({
    question: 'The sums of a bill are those of its lines, unless its document states others',
    rows: await wrongBills(db),
  })
  return findings
}
