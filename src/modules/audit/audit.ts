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
 * go on meanwhile; the totals are computed again by the core, document by document. `tell` hears each answer as soon as it is known.
 */
export async function audit(db: Db, tell: (finding: Finding) => void = () => {}): Promise<Finding[]> {
  const tables = await asSystem(db, (ctx) => TENANT_TABLES(ctx))
  const names = tables.map(({ name }) => name)
  const findings: Finding[] = []
  const answered = (question: string, rows: Finding['rows']) => {
    findings.push({ question, rows })
    tell({ question, rows })
  }
  for (const { question, sql } of questions) answered(question, await ask(db, typeof sql === 'string' ? sql : sql(names)))
  answered('Every figure of every document is what its lines and terms come to', await wrongTotals(db))
  answered('The sums of a bill are those of its lines, unless its document states others', await wrongBills(db))
  return findings
}
