import type { Movement } from './types.ts'

/**
 * By what an entry of a bank is recognised when it comes again in another file. The bank's own id decides, where there is one; otherwise
 * what the entry says. Equal entries are told apart by counting: a file holds as many as there were, or more that are new.
 */
export function fingerprint({
  date,
  sign,
  currency,
  amount,
  entry_amount,
  bank_ref,
  name,
  iban,
  text,
  end_to_end_id,
}: Movement): string {
  const moved = [date, sign, entry_amount ?? amount, currency]
  const words = [name, iban, text, end_to_end_id].map((word) => (word ?? '').replace(/\s+/g, '').toUpperCase())
  return (bank_ref === null ? [...moved, ...words] : [...moved, bank_ref]).join('\u001f')
}

/** Which of these are new, when so many of each fingerprint are known already. */
export function areNew(movements: readonly Movement[], known: ReadonlyMap<string, number>): boolean[] {
  const seen = new Map<string, number>()
  return movements.map((movement) => {
    const mark = fingerprint(movement)
    const count = (seen.get(mark) ?? 0) + 1
    seen.set(mark, count)
    return count > (known.get(mark) ?? 0)
  })
}
