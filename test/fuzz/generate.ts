import fc from 'fast-check'

/** Reads JSON schemas as the operations declare them: what is valid, and how to break it in one place. */

// biome-ignore lint/suspicious/noExplicitAny: schemas of every shape
export type Schema = any

/** Words of types that only exist for the compiler are gone at run time: what is left is JSON schema. */
const alternatives = (schema: Schema): Schema[] => schema.anyOf ?? schema.oneOf ?? []
const isNull = (schema: Schema) => schema.type === 'null'

/** The least that a schema accepts: required fields only, the first of every choice. `known` supplies values by place. */
export function minimal(schema: Schema, at = '', known: (place: string, schema: Schema) => unknown = () => undefined): unknown {
  const given = known(at, schema)
  if (given !== undefined) return given
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (alternatives(schema).length > 0)
    return minimal(alternatives(schema).find((one) => !isNull(one)) ?? alternatives(schema)[0], at, known)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? []).map((name: string) => [name, minimal(schema.properties[name], `${at}.${name}`, known)]),
      )
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => minimal(schema.items, `${at}[]`, known))
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, Math.min(1, schema.maximum ?? 1))
    case 'boolean':
      return false
    default:
      return null
  }
}

function text({ format, pattern, examples, minLength = 1 }: Schema): string {
  // What a pattern allows is shown by the schema itself.
  if (pattern && examples?.[0]) return examples[0]
  switch (format) {
    case 'uuid':
      return '00000000-0000-4000-8000-000000000001'
    case 'date':
      return '2024-02-29'
    case 'date-time':
      return '2024-02-29T12:00:00Z'
    case 'email':
      return 'ada@example.com'
    case 'uri':
      return 'https://example.com/1'
    default:
      return 'x'.repeat(Math.max(1, minLength))
  }
}

/** Every place of a schema where an id can stand: `path.tag_id`, `body.line_items[].product_id`. */
export function idPlaces(schema: Schema, at: string): string[] {
  if (!schema || typeof schema !== 'object') return []
  if (schema.format === 'uuid') return [at]
  const found = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => idPlaces(part, `${at}.${name}`)),
    ...(schema.items ? idPlaces(schema.items, `${at}[]`) : []),
    ...alternatives(schema).flatMap((part) => idPlaces(part, at)),
  ]
  return [...new Set(found)]
}

/** Ids that exist, by the place where one is asked for; random ones elsewhere. */
export type Ids = (place: string) => readonly string[]

const oddTexts = [
  '%_\\',
  "'; drop table tags; --",
  '\u202e\u2067שלום',
  '🧾👩‍👩‍👧',
  'İıſß',
  ' ',
  'null',
  '{{ 1 }}',
  '<script>',
  '../../etc/passwd',
  '=1+1',
  'a\nb\tc',
  '00012',
  'Ａ',
]
const oddDays = ['2024-02-29', '1970-01-01', '0001-01-01', '9999-12-31', '2023-12-31']
const oddMoments = [
  '2024-02-29T23:59:60.000Z',
  '2022-09-07T16:35:18.484507+00:00',
  '2024-03-31T02:30:00+02:00',
  '1969-12-31T23:59:59Z',
  '2024-01-01 00:00:00',
]

/** Values that a schema accepts, odd ones among them. */
export function valid(schema: Schema, ids: Ids, at = ''): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (alternatives(schema).length > 0)
    return fc.oneof(...alternatives(schema).map((one) => ({ weight: isNull(one) ? 1 : 4, arbitrary: valid(one, ids, at) })))
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {})
      const free = schema.patternProperties
        ? Object.values(schema.patternProperties)[0]
        : typeof schema.additionalProperties === 'object'
          ? schema.additionalProperties
          : null
      if (properties.length === 0 && free) return fc.dictionary(fc.uuid(), valid(free, ids, `${at}.*`), { maxKeys: 3 })
      if (properties.length === 0)
        return fc.dictionary(
          fc.string({ maxLength: 10 }).filter((key) => key !== '__proto__'),
          fc.oneof(fc.string({ maxLength: 10 }), fc.integer(), fc.boolean()),
          { maxKeys: 4 },
        )
      const required = new Set(schema.required ?? [])
      // Optional fields are mostly left out: with all of them most requests would be refused for one reason or another.
      const fields = properties.map(([name, part]) => {
        const value = valid(part, ids, `${at}.${name}`)
        return (required.has(name) ? value : fc.option(value, { nil: undefined, freq: 1 })).map((v) => [name, v] as const)
      })
      const sparse = fc.array(fc.boolean(), { minLength: fields.length, maxLength: fields.length })
      return fc
        .tuple(sparse, ...fields)
        .map(([keep, ...pairs]) =>
          Object.fromEntries(
            pairs.filter(([name, value], i) => value !== undefined && (required.has(name) || (keep as boolean[])[i])),
          ),
        )
    }
    case 'array':
      return fc.array(valid(schema.items, ids, `${at}[]`), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
      })
    case 'string':
      return textFor(schema, ids(at))
    case 'integer': {
      const min = schema.minimum ?? -1000
      const max = Math.min(schema.maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER)
      return fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min, max: Math.min(max, min + 100_000) }) },
        { weight: 1, arbitrary: fc.constantFrom(min, max) },
      )
    }
    case 'number':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1000) }),
        fc.constantFrom(0.1, 2.5, 0.333333, schema.maximum ?? 1e6).filter((n) => n >= (schema.minimum ?? -Infinity)),
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue({ maxDepth: 1 })
  }
}

function textFor({ format, minLength = 0, maxLength = 300 }: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength
  switch (format) {
    case 'uuid':
      return known.length > 0
        ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.uuid() })
        : fc.uuid()
    case 'date':
      return fc.constantFrom(...oddDays)
    case 'date-time':
      return fc.constantFrom(...oddMoments.slice(1))
    case 'email':
      return fc.constantFrom('ada@example.com', 'a+b@xn--bcher-kva.example', 'ü@example.com')
    case 'uri':
      return fc.constantFrom('https://example.com/a?b=c', 'https://example.com', 'https://例え.テスト/ä')
    default:
      return fc
        .oneof(
          { weight: 3, arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 20) }) },
          {
            weight: 1,
            arbitrary: fc
              .string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, minLength + 8) })
              .map((text) => text.replaceAll('\0', '0').toWellFormed()),
          },
          { weight: 1, arbitrary: fc.constantFrom(...oddTexts) },
          { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(maxLength, 300))) },
        )
        .filter(fits)
  }
}

type Path = readonly (string | number)[]

/** Every place of a value, itself first. */
function placesOf(value: unknown, path: Path = []): Path[] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [path, ...inside.flatMap(([key, part]) => placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]))]
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) })

/** One thing wrong: what stands at the place afterwards. */
const faults: Record<string, (before: unknown) => unknown> = {
  'another type': (before) =>
    typeof before === 'string'
      ? 12.5
      : typeof before === 'number'
        ? 'twelve'
        : Array.isArray(before)
          ? { 0: 'x' }
          : before === null
            ? []
            : 'text',
  'a list': (before) => [before],
  nothing: () => null,
  'a huge number': () => 1e308,
  'a number beyond the exact ones': () => 2 ** 63,
  'a negative number': () => -1,
  'a fraction': () => 0.000000001,
  'a NUL character': () => 'a\0b',
  'half a surrogate': () => 'a\ud800b',
  'ten thousand characters': () => 'x'.repeat(10_000),
  'an empty text': () => '',
  'an unknown word': () => 'no_such_word',
  'a day that never was': () => '2023-02-30',
  'a broken uuid': () => '00000000-0000-4000-8000-00000000000',
  'deep nesting': () => nested(60),
  'a field too many': (before) =>
    typeof before === 'object' && before !== null && !Array.isArray(before)
      ? { ...before, no_such_field: 1 }
      : { no_such_field: 1 },
  'a prototype': () => JSON.parse('{"__proto__": {"admin": true}}'),
}

/** Values that a schema accepts, and what became of each when one place was spoiled. */
export const broken = (schema: Schema, ids: Ids) => spoiling(valid(schema, ids))

/** The same for one value that is known to be good. */
export const brokenOf = (value: unknown) => spoiling(fc.constant(value))

function spoiling(values: fc.Arbitrary<unknown>): fc.Arbitrary<{ value: unknown; fault: string; at: string }> {
  const kinds = [...Object.keys(faults), 'a field too few']
  return fc.tuple(values, fc.nat(), fc.constantFrom(...kinds)).map(([value, nth, fault]) => {
    const all = placesOf(value)
    const place = all[nth % all.length]!
    return { value: spoiled(value, place, fault), fault, at: place.join('.') }
  })
}

function spoiled(value: unknown, place: Path, fault: string): unknown {
  if (place.length === 0) return fault === 'a field too few' ? {} : faults[fault]!(value)
  const copy = structuredClone(value)
  let parent = copy as Record<string | number, unknown>
  for (const step of place.slice(0, -1)) parent = parent[step] as typeof parent
  const last = place.at(-1)!
  if (fault !== 'a field too few') parent[last] = faults[fault]!(parent[last])
  else if (Array.isArray(parent)) parent.splice(last as number, 1)
  else delete parent[last]
  return copy
}

/** Whether a value holds what no schema can see and no body may hold. */
export function unspeakable(value: unknown, depth = 1): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed()
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return false
  if (depth > 32) return true
  return Object.entries(value).some(([key, part]) => key === '__proto__' || unspeakable(key) || unspeakable(part, depth + 1))
}
