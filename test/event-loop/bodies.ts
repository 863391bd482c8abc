import { LONGEST } from '../../src/platform/http/types.ts'
import { TEXT_MAX } from '../../src/platform/http/validation.ts'
import type { Schema } from '../fuzz/generate.ts'

/** Bodies and queries that cost as much as their schema lets them: the largest good ones, and those with the most faults. */

export interface Sent {
  /** What is special about it. */
  readonly kind: string
  readonly text: string
}

/** The largest body that is read, in characters. */
const BODY_MAX = 2_000_000
const MANY = 30_000
const NO_BREAK = '\u00a0'

const alternatives = (schema: Schema): Schema[] => schema.anyOf ?? schema.oneOf ?? []

/** The alternative with the most in it. */
const richest = (schema: Schema): Schema =>
  alternatives(schema).length > 0
    ? alternatives(schema)
        .map(richest)
        .sort((a, b) => JSON.stringify(b).length - JSON.stringify(a).length)[0]
    : schema

const isText = (schema: Schema): boolean =>
  schema.type === 'string' && !schema.format && !schema.enum && !schema.pattern && schema.const === undefined

const fieldsOf = (schema: Schema): [name: string, field: Schema][] => Object.entries(schema.properties ?? {})
const unknownKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`u${i}`, 1]))
/** Stands in a value for many keys that nobody knows; they are put into its text, as values of that size take long to make. */
const UNKNOWN = { unknown: 'keys' }
const unknownText = JSON.stringify(unknownKeys(MANY)).slice(1, -1)
const textOf = (value: unknown) => JSON.stringify(value).replace(JSON.stringify(UNKNOWN).slice(1, -1), unknownText)
const listOf = (count: number, item: unknown) => Array.from({ length: count }, () => item)
const repeated = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)

/** An object with all its fields, each of them as `make` has it. `room`, in characters, is shared between them. */
function filledWith(schema: Schema, room: number, make: (schema: Schema, room: number) => unknown): unknown {
  const one = richest(schema)
  if (one.type !== 'object' || fieldsOf(one).length === 0) return make(one, room)
  const share = room / fieldsOf(one).length
  return Object.fromEntries(fieldsOf(one).map(([name, field]) => [name, filledWith(field, share, make)]))
}

/** Every object has fields that nobody knows. */
function crowded(schema: Schema, room: number): unknown {
  const one = richest(schema)
  if (one.type === 'array') return listOf(20, crowded(one.items ?? {}, room / 20))
  if (one.type !== 'object') return unknownKeys(Math.min(50, room / 10))
  const share = room / (fieldsOf(one).length + 1)
  const known = fieldsOf(one).map(([name, field]) => [name, crowded(field, share)])
  return { ...Object.fromEntries(known), ...unknownKeys(share / 10) }
}

/** The first fields that are objects themselves. */
const objectsIn = (schema: Schema): string[] =>
  fieldsOf(richest(schema)).flatMap(([name, field]) => (richest(field).type === 'object' ? [name] : []))

const longList = JSON.stringify(listOf(100_000, 1))

/** What every operation that takes a body gets: nearly all of it has to be refused. */
export function faulty(schema: Schema, good: unknown): Sent[] {
  const body: Record<string, unknown> = typeof good === 'object' && good !== null ? { ...good } : {}
  const values: [kind: string, value: unknown][] = [
    ['unknown keys', { ...body, ...UNKNOWN }],
    ...objectsIn(schema)
      .slice(0, 2)
      .map((name): [string, unknown] => [
        `unknown keys in ${name}`,
        { ...body, [name]: { ...(body[name] as object), ...UNKNOWN } },
      ]),
    ['unknown keys everywhere', crowded(schema, 1_000_000)],
    ['ones instead of everything', filledWith(schema, 300_000, (_one, room) => listOf(room / 2, 1))],
    ['empty objects instead of everything', filledWith(schema, 300_000, (_one, room) => listOf(room / 3, {}))],
    ['texts far too long', filledWith(schema, 500_000, (_one, room) => repeated(NO_BREAK, Math.max(1_000, room)))],
  ]
  const sent = values.map(([kind, value]) => ({ kind, text: textOf(value) }))
  return [...sent, { kind: 'a list of a hundred thousand', text: longList }]
}

/** Bodies that are hard to read whatever is expected: one operation is enough to try them. */
export const UNREADABLE: readonly Sent[] = [
  { kind: 'lists that never end', text: '['.repeat(BODY_MAX) },
  { kind: 'lists in lists', text: `${'['.repeat(BODY_MAX / 2)}${']'.repeat(BODY_MAX / 2)}` },
  { kind: 'objects in objects', text: '{"a":'.repeat(BODY_MAX / 5) },
  { kind: 'a million numbers', text: `[${'1,'.repeat(BODY_MAX / 2 - 1)}1]` },
  { kind: 'a hundred thousand keys', text: JSON.stringify(unknownKeys(150_000)) },
  { kind: 'the same key again and again', text: `{${'"a":1,'.repeat(BODY_MAX / 7)}"a":1}` },
  { kind: 'a key of two million characters', text: JSON.stringify({ [repeated('k', BODY_MAX - 10)]: 1 }) },
  { kind: 'a text of two million characters', text: JSON.stringify({ name: repeated(NO_BREAK, BODY_MAX / 2) }) },
  { kind: 'a text of escapes', text: `{"name":"${'\\u00e4'.repeat(BODY_MAX / 6 - 10)}"}` },
  { kind: 'a number of two million digits', text: `{"name":${'9'.repeat(BODY_MAX - 10)}}` },
  { kind: 'nothing but blanks', text: ' '.repeat(BODY_MAX) },
]

/** Pieces of texts that a careless pattern would begin to read again at each of their characters. */
export const PIECES: readonly string[] = [
  NO_BREAK,
  '\n \t',
  '<a href="',
  '<p>x</p>',
  '{{ "\\',
  '{% if a %}',
  '"\'(',
  '@a.',
  '&amp&#1',
  'https://x. ',
  '\u0301\u0323',
]

/** A good body whose texts are as long as they may be, up to `length` characters, and made of `piece`. Texts that were left out come along. */
export function wordy(schema: Schema, good: unknown, piece: string, length: number): unknown {
  const one = richest(schema)
  if (isText(one)) {
    const longest = Math.min(one.maxLength ?? one[LONGEST] ?? TEXT_MAX, length)
    return longest < 3 ? good : `x${repeated(piece, longest - 2).toWellFormed()}x`
  }
  if (one.type === 'array' && Array.isArray(good)) return good.map((item) => wordy(one.items, item, piece, length))
  if (one.type !== 'object' || typeof good !== 'object' || good === null || Array.isArray(good)) return good
  const known: Record<string, unknown> = { ...good }
  for (const [name, field] of fieldsOf(one))
    if (name in known || isText(richest(field))) known[name] = wordy(field, known[name], piece, length)
  return known
}

/** A good body whose lists have as many entries as they may. */
export function long(schema: Schema, good: unknown, most: number): unknown {
  const one = richest(schema)
  if (one.type === 'array' && Array.isArray(good) && good.length > 0) return listOf(Math.min(one.maxItems ?? most, most), good[0])
  if (one.type !== 'object' || typeof good !== 'object' || good === null || Array.isArray(good)) return good
  const known: Record<string, unknown> = { ...good }
  for (const [name, field] of fieldsOf(one)) if (name in known) known[name] = long(field, known[name], most)
  return known
}

/** Whether there is a text in it whose length nobody bounds. */
export function hasEndlessText(schema: Schema): boolean {
  if (!schema || typeof schema !== 'object') return false
  if (isText(schema)) return schema.maxLength === undefined
  return [...alternatives(schema), schema.items, ...Object.values(schema.properties ?? {})].some(hasEndlessText)
}

/** A server reads no more of an address than this. */
const URL_BYTES = 15_000

/** Queries as long as an address may be. */
export function queries(schema: Schema): string[] {
  const names = Object.keys(schema.properties ?? {})
  const lists = names.filter((name) => richest(schema.properties[name]).type === 'array')
  const texts = names.filter((name) => isText(richest(schema.properties[name])))
  const often = (part: string) => part.repeat(Math.floor(URL_BYTES / part.length)).slice(0, -1)
  return [
    often('a=1&'),
    Array.from({ length: 1_500 }, (_, i) => `u${i}=1`).join('&'),
    ...lists.slice(0, 2).map((name) => often(`${name}=x&`)),
    ...lists.slice(0, 2).map((name) => often(`${name}=00000000-0000-4000-8000-000000000001&`)),
    ...texts.slice(0, 3).map((name) => `${name}=x${'%C2%A0'.repeat(URL_BYTES / 6)}x`),
    ...texts.slice(0, 3).map((name) => `${name}=${'%25_'.repeat(URL_BYTES / 4)}`),
  ]
}
