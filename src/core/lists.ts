/** Places of lists that are known to be there: where one is not, that is a fault of ours, and says so. */

/** What stands at a place. */
export function at<T>(list: ArrayLike<T>, place: number): T {
  const found = list[place]
  if (found === undefined) throw new Error(`A list of ${list.length} has no place ${place}`)
  return found
}

/** The first of a list that is not empty. */
export const first = <T>(list: ArrayLike<T>): T => at(list, 0)

/** The last of a list that is not empty. */
export const last = <T>(list: ArrayLike<T>): T => at(list, list.length - 1)

/** The only one of a list; null where there is none, or more than one. */
export const only = <T>(list: readonly T[]): T | null => (list.length === 1 ? first(list) : null)

/** The value of a key that the map is known to have. */
export function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key)
  if (found === undefined) throw new Error(`A map of ${map.size} does not know ${String(key)}`)
  return found
}

/** Two lists of the same length, place by place. */
export function pairs<A, B>(one: readonly A[], other: readonly B[]): [A, B][] {
  if (one.length !== other.length) throw new Error(`A list of ${one.length} and one of ${other.length} are no pairs`)
  return one.map((value, place) => [value, at(other, place)])
}
