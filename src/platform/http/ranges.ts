import { known } from '../../core/lists.ts'
import { recordOf } from '../../core/records.ts'

/** The four bounds of a filter, and the sign of each in SQL. */
export const bounds = ['gt', 'lt', 'gte', 'lte'] as const
export type Bound = (typeof bounds)[number]
export const signs = { gt: '>', lt: '<', gte: '>=', lte: '<=' } as const

/** Filters of a field by its bounds: `total__gt`, `total__lt`, `total__gte` and `total__lte`. */
export const range = <const N extends string, T>(name: N, filter: T): Record<`${N}__${Bound}`, T> => rangeBy(name, () => filter)

/** The same where each has SQL of its own: `filterOf` is told the sign between the field and what is sought. */
export function rangeBy<const N extends string, T>(name: N, filterOf: (sign: string) => T): Record<`${N}__${Bound}`, T> {
  const keys = bounds.map((bound) => `${name}__${bound}` as const)
  const signOf = new Map(bounds.map((bound, i) => [keys[i], signs[bound]]))
  return recordOf(keys, (key) => filterOf(known(signOf, key)))
}
