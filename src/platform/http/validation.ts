import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { isDate } from '../../core/calendar.ts'
import { Refusal } from '../../core/refusal.ts'
import { parseUrl } from '../url.ts'

/** `2022-01-01T00:00:00`, with or without fraction and offset; without an offset it is UTC. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:[Zz]|[+-](\d{2}):?(\d{2}))?$/

export function isInstant(text: string): boolean {
  const [, date, hour, minute, second = '0', oh = '0', om = '0'] = INSTANT.exec(text) ?? []
  return (
    date !== undefined &&
    isDate(date) &&
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(oh) < 15 &&
    Number(om) < 60
  )
}

export const isEmail = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>"(),;:\\]+@[^\s@.<>"(),;:\\]+(\.[^\s@.<>"(),;:\\]+)*$/.test(text)

const formats = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  date: isDate,
  'date-time': isInstant,
  email: isEmail,
  uri: (text: string) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) && parseUrl(text) !== null,
  hostname: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  binary: true as const,
  color: true as const,
}

const options = { useDefaults: true, removeAdditional: false, allErrors: true, strict: false, formats } as const
/** Bodies are taken as they are: `null` never becomes 0 and `"5"` never becomes 5. */
const bodyAjv = new Ajv({ ...options, coerceTypes: false })
/** Everything in a URL is text, so numbers and lists are read out of it. */
const urlAjv = new Ajv({
  ...options,
  coerceTypes: 'array',
  // In a filter a moment may stand for its day, as the guides write it.
  formats: { ...formats, date: (text: string) => isDate(text) || isInstant(text) },
})

/** Compiles a schema the first time it is needed: the server starts without waiting for hundreds of them. */
export const compile: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  let validate: ValidateFunction | undefined
  const optional = '~optional' in (schema as object)
  return (data: unknown) => {
    // Fastify hands over null where there is no body.
    if (data === null && optional) return { value: undefined }
    validate ??= (httpPart === 'body' ? bodyAjv : urlAjv).compile(withoutIds(schema) as object)
    const errors = validate(data) ? endless(data) : validate.errors
    return errors === null
      ? { value: data }
      : { error: Object.assign(new Error('invalid'), { validation: errors, validationContext: httpPart }) }
  }
}

/** Text like `1e999` is read as a number without end, which no figure is. */
function endless(data: unknown): Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'>[] | null {
  if (typeof data !== 'object' || data === null) return null
  const [name] =
    Object.entries(data).find(([, value]) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) ?? []
  return name === undefined
    ? null
    : [{ instancePath: `/${name}`, keyword: 'type', params: { type: 'number' }, message: 'must be number' }]
}

/** A schema without its names, which the validator would take for addresses. */
export function withoutIds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutIds)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === '$id' && typeof value === 'string'))
      .map(([key, value]) => [key, withoutIds(value)]),
  )
}

const DEPTH_MAX = 32

/** Reads a JSON body and refuses what no schema can see: NUL bytes, numbers that lost digits, `__proto__`, endless nesting. */
export function readJson(text: string): unknown {
  if (text.trim() === '') return undefined
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refusal('invalid', 'JSON decode error', [{ loc: ['body', 0], msg: 'JSON decode error', type: 'json_invalid' }])
  }
  inspect(body, ['body'])
  return body
}

function inspect(value: unknown, loc: (string | number)[]): void {
  if (typeof value === 'string') inspectText(value, loc)
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw fault(loc, 'Number is too large', 'number_too_large')
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (loc.length > DEPTH_MAX) throw fault(loc, 'Input is nested too deeply', 'value_error')
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) inspect(value[i], [...loc, i])
    return
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw fault(loc, 'Key __proto__ is not allowed', 'value_error')
    inspectText(key, loc)
    inspect((value as Record<string, unknown>)[key], [...loc, key])
  }
}

/** PostgreSQL can't store a NUL byte, and half a surrogate pair is no text at all. */
export function inspectText(text: string, loc: (string | number)[]): void {
  if (text.includes('\0')) throw fault(loc, 'Text may not contain a NUL character', 'string_unicode')
  if (!text.isWellFormed()) throw fault(loc, 'Text is not well-formed Unicode', 'string_unicode')
}

const fault = (loc: (string | number)[], msg: string, type: string) => new Refusal('invalid', msg, [{ loc, msg, type }])
