import type { RawJson } from '../http/types.ts'

/** A column that is read as one type and written as another, or not at all. */
export interface ColumnType<Selected, Inserted = Selected, Updated = Selected> {
  readonly '~select': Selected
  readonly '~insert': Inserted
  readonly '~update': Updated
}
/** A column that has a default: it may be left out. */
export type Generated<T> = ColumnType<T, T | undefined, T>

type Select<C> = C extends { readonly '~select': infer S } ? S : C
type Insert<C> = C extends { readonly '~insert': infer I } ? I : C
type Update<C> = C extends { readonly '~update': infer U } ? U : C

/** A row as it is read. */
export type Selectable<R> = { [K in keyof R]: Select<R[K]> }

/** A column that the database makes is never written. */
type Written<R> = { [K in keyof R]: [Insert<R[K]>] extends [never] ? never : K }[keyof R]
type MayBeLeftOut<R> = {
  [K in Written<R>]: undefined extends Insert<R[K]> ? K : null extends Insert<R[K]> ? K : never
}[Written<R>]
/** JSON is written as what it holds, or as the text that it was made already. */
type Writable<T> = T extends readonly (infer E)[]
  ? readonly E[] | (E extends object ? RawJson : never)
  : T extends Buffer
    ? T
    : T extends object
      ? T | RawJson
      : T

/** A new row: what has a default or may be null may be left out. */
export type Insertable<R> = { [K in Exclude<Written<R>, MayBeLeftOut<R>>]: Writable<Insert<R[K]>> } & {
  [K in MayBeLeftOut<R>]?: Writable<Insert<R[K]>> | undefined
}
/** Changes of a row: what is left out, or undefined, stays. */
export type Updateable<R> = { [K in keyof R]?: Writable<Update<R[K]>> | undefined }

/** Shapes of JSON columns by `table.column`: the module that writes one declares it here (`declare module`). */
// biome-ignore lint/suspicious/noEmptyInterface: modules fill it
export interface JsonShapes {}
/** What a JSON column holds: never a text, so that what was made text already can't be written twice. */
export type Json<Column extends string> = Column extends keyof JsonShapes ? JsonShapes[Column] : object

/** A message of the compiler. An object type, since two texts would collapse into `never`. */
export interface Refused<Message> {
  readonly ' ': Message
}
