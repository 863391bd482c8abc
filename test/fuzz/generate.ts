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
  if (alternatives(schema).length > 0) return minimal(alternatives(schema).find((one) => !isNull(one)) ?? alternatives(schema)[0], at, known)
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name: string) => [name, minimal(schema.properties[name], `${at}.${name}`, known)]))
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

function text({ format, minLength = 1 }: Schema): string {
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

export { fc }
