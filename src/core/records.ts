/** Objects by their keys, as the compiler knows them. */

/** A value for each of the keys. */
export const recordOf = <K extends string, V>(keys: readonly K[], valueFor: (key: K) => V): Record<K, V> =>
  Object.fromEntries(keys.map((key) => [key, valueFor(key)])) as Record<K, V>

/** The keys of an object that was written out: it has no others than its type says. */
export const keysOf = <R extends object>(record: R): (keyof R & string)[] => Object.keys(record) as (keyof R & string)[]

/** Whether it is one of the keys of the object. */
export const isKeyOf = <R extends object>(record: R, key: string): key is keyof R & string => Object.hasOwn(record, key)

/** The fields that are given: those that are undefined are left out. */
export const given = <R extends object>(fields: R): { [K in keyof R]?: Exclude<R[K], undefined> } =>
  fieldsOf(fields, (_name, value) => value !== undefined)

/** The fields for which it holds. */
export const fieldsOf = <R extends object, V extends Partial<R> = Partial<R>>(
  fields: R,
  holds: (name: string, value: unknown) => boolean,
): V => Object.fromEntries(Object.entries(fields).filter(([name, value]) => holds(name, value))) as V
