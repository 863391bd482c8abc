import { isDeepStrictEqual } from 'node:util'
import { at } from '../../../core/lists.ts'
import { fieldsOf, keysOf } from '../../../core/records.ts'
import type { LineFields } from './extracted.snapshot.ts'

/** What a reading wrote into a document is taken back before the next one; what somebody changed since stays. Pure. */

/** What a reading wrote into a document. */
export interface Written<Row> {
  readonly fields: Partial<Row>
  readonly lines: readonly LineFields[]
}

/** Values are the same when the database would hold the same. */
const isSame = (a: unknown, b: unknown) => isDeepStrictEqual(asKept(a), asKept(b))
const asKept = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)))

/** The row without the fields that still hold what was written; `blank` is what columns hold that nobody filled, null if not said. */
export function withoutWritten<Row extends object>(row: Row, { fields }: Written<Row>, blank: Partial<Row> = {}): Row {
  const after = { ...row }
  for (const name of keysOf(fields)) if (isSame(row[name], fields[name])) Object.assign(after, { [name]: blank[name] ?? null })
  return after
}

/** Whether lines are still those that were written. */
export const areWritten = (lines: readonly object[], written: readonly LineFields[]): boolean =>
  lines.length === written.length &&
  lines.every((line, i) => {
    const kept = new Map(Object.entries(line))
    return Object.entries(at(written, i)).every(([name, value]) => !kept.has(name) || isSame(kept.get(name), value))
  })

/** The columns in which two rows differ, as the second has them. */
export const changed = <Row extends object>(before: Row, after: Row): Partial<Row> => {
  const old = new Map(Object.entries(before))
  return fieldsOf(after, (name, value) => !isSame(value, old.get(name)))
}

/** Fields that were found and not written, as something else stands there. */
export const keptOf = <Row extends object>(row: Row, found: Partial<Row>): string[] => {
  const held = new Map(Object.entries(row))
  return Object.entries(found).flatMap(([name, value]) =>
    value == null || held.get(name) === null || isSame(held.get(name), value) ? [] : [name],
  )
}
