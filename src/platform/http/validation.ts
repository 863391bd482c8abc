import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { isDate } from '../../core/calendar.ts'
import { nearest } from '../../core/nearest.ts'
import { Refusal } from '../../core/refusal.ts'
import { UUID } from '../../core/uuid.ts'
import { QUIET_MS, tidyUp } from '../memory.ts'
import { isWebUrl } from '../url.ts'
import { ofMeantBranches } from './meant.ts'
import { LONGEST } from './types.ts'

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

/** What a text has to look like where a schema names a format. */
export const formats = {
  uuid: UUID,
  date: isDate,
  'date-time': isInstant,
  email: isEmail,
  // Each is shown as a link somewhere: on a page, in a PDF, in a mail.
  uri: isWebUrl,
  hostname: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  // As the contract names it: version 4 or 6.
  ipvanyaddress: (text: string) => isIP(text) !== 0,
  binary: true as const,
  color: true as const,
}

/** Entries that a list, fields that an open object, and characters that a text may have where the schema says nothing. */
export const LIST_MAX = 2_000
export const FIELDS_MAX = 1_000
export const TEXT_MAX = 20_000
/** Faults of a value that are looked for; a body of a megabyte may have a hundred thousand. Enough for each form of a large document, so that the right one is told. */
const FAULTS_MAX = 5_000

/** Ends the search for faults once there are enough of them. */
class Enough extends Error {
  readonly faults: ErrorObject[]
  constructor(faults: ErrorObject[]) {
    super('There are enough faults')
    this.faults = faults
  }
}

/** What is said should the second validator find no fault where the first one did. */
const UNEXPLAINED: ErrorObject = { instancePath: '', schemaPath: '#', keyword: 'unexplained', params: {} }

/** Faults as the library's code describes them, without sentences: `{instancePath:…,schemaPath:"…",keyword:"…",params:{…}}`. */
const DESCRIBED = /\{instancePath(?:[^"{}]|"(?:[^"\\]|\\.)*")*,params:\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\}\}/g
/** Code of the library that tells good from bad and no more. Half of it describes faults, and all of it stays in memory. */
export const withoutFaults = (code: string): string => code.replace(DESCRIBED, '{}')

/**
 * Two validators of one kind. The first says whether a value is good and stops at its first fault, so that it costs no more than the
 * value has parts. Only what is known to be bad meets the second, which collects faults and is stopped when it has enough.
 */
function validators(special: Options) {
  // The library's own optimizing takes as long as all the rest of compiling, and what it saves the engine saves as well.
  const code = { optimize: false }
  const options: Options = { useDefaults: true, strict: false, validateSchema: false, loopEnum: 10, formats, code, ...special }
  const enough = (faults: ErrorObject[]) => {
    if (faults.length >= FAULTS_MAX) throw new Enough(faults)
    return faults
  }
  // The library has no such bound: it is put where the code it generates adds a fault to its list.
  const process = (code: string) => code.replaceAll('vErrors.push(', 'self.enough(vErrors).push(')
  return {
    quick: new Ajv({ ...options, messages: false, code: { ...code, process: withoutFaults } }),
    thorough: Object.assign(new Ajv({ ...options, allErrors: true, code: { ...code, process } }), { enough }),
  }
}

/** Bodies are taken as they are: `null` never becomes 0 and `"5"` never becomes 5. */
const ofBodies = validators({ coerceTypes: false })
/** Everything in a URL is text, so numbers and lists are read out of it. */
const ofUrls = validators({
  coerceTypes: 'array',
  // In a filter a moment may stand for its day, as the guides write it.
  formats: { ...formats, date: (text: string) => isDate(text) || isInstant(text) },
})

export interface Validation {
  /** Compiles a schema the first time it is needed: the server starts without waiting for hundreds of them. */
  readonly compile: FastifySchemaCompiler<unknown>
  /**
   * Compiles what nobody needed yet while the server has nothing else to do, a piece at a time: the largest take as long as a hundred
   * requests. Who looks for faults is left for the first bad value, because most never meet one. Stops when `isOver` says so.
   */
  warmUp(isOver: () => boolean): Promise<void>
}

export function createValidation(): Validation {
  const pieces: (() => unknown)[] = []

  const compile: Validation['compile'] = ({ schema, httpPart }) => {
    const { quick, thorough } = httpPart === 'body' ? ofBodies : ofUrls
    const compiled = (ajv: Ajv) => {
      let validate: ValidateFunction | undefined
      return () => (validate ??= compiledOnce(ajv, withBounds(withoutIds(schema)) as object))
    }
    const [isGood, findFaults] = [compiled(quick), compiled(thorough)]
    pieces.push(isGood)
    const optional = '~optional' in (schema as object)
    const refused = (validation: unknown) => ({
      error: Object.assign(new Error('invalid'), { validation, validationContext: httpPart }),
    })
    return (data: unknown) => {
      // Fastify hands over null where there is no body.
      if (data === null && optional) return { value: undefined }
      if (!isGood()(data))
        return refused(
          ofMeantBranches(withGuesses(faultsOf(findFaults(), data) ?? [UNEXPLAINED], schema), schema as object, data),
        )
      const errors = endless(data)
      return errors === null ? { value: data } : refused(errors)
    }
  }

  async function warmUp(isOver: () => boolean) {
    const work = pieces.concat(tidyUp)
    for (const piece of work) {
      await untilIdle(isOver)
      if (isOver()) return
      piece()
    }
    await pause(QUIET_MS, undefined, { ref: false })
    await untilIdle(isOver)
    if (!isOver()) tidyUp()
  }

  return { compile, warmUp }
}

/** Many operations have the same path parameters and headers: each form is compiled once. */
const compiledForms = new WeakMap<Ajv, Map<string, ValidateFunction>>()
function compiledOnce(ajv: Ajv, schema: object): ValidateFunction {
  const known = compiledForms.get(ajv) ?? new Map<string, ValidateFunction>()
  compiledForms.set(ajv, known)
  const form = createHash('sha256').update(JSON.stringify(schema)).digest('base64')
  const validate = known.get(form) ?? ajv.compile(schema)
  known.set(form, validate)
  return validate
}

/** Between two pieces, for whoever waits. */
const PAUSE_MS = 10
/** Beyond this share of the time requests are being answered. */
const BUSY_SHARE = 0.2

async function untilIdle(isOver: () => boolean): Promise<void> {
  while (!isOver() && (await isBusy()));
}

/** Waits a moment, and says whether the server had something to do in it. */
async function isBusy(): Promise<boolean> {
  const before = performance.eventLoopUtilization()
  await pause(PAUSE_MS, undefined, { ref: false })
  return performance.eventLoopUtilization(before).utilization > BUSY_SHARE
}

function faultsOf(findFaults: ValidateFunction, data: unknown): ErrorObject[] | null | undefined {
  try {
    findFaults(data)
    return findFaults.errors
  } catch (error) {
    if (error instanceof Enough) return error.faults
    throw error
  }
}

/** Fields for which a guess is made what was meant. */
const GUESSED_MAX = 100
const NAME_MAX = 60

/** The faults; a field that nobody knows bears in `params.meant` the known one that is a slip away. */
function withGuesses(faults: readonly ErrorObject[], schema: unknown): ErrorObject[] {
  let left = GUESSED_MAX
  return faults.map((fault) => {
    const name = fault.params.additionalProperty as string | undefined
    if (name === undefined || name.length > NAME_MAX || left-- <= 0) return fault
    const parts = fault.schemaPath.split('/').slice(1, -1)
    const object = parts.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[unescaped(part)], schema)
    const known = Object.keys((object as { properties?: object } | undefined)?.properties ?? {})
    const meant = nearest(name, known)
    return meant === null ? fault : { ...fault, params: { ...fault.params, meant } }
  })
}
const unescaped = (part: string) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')

/** A schema in which every list, every open object and every text has an end. */
function withBounds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withBounds)
  if (typeof schema !== 'object' || schema === null) return schema
  const bounded = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withBounds(value)]))
  if (bounded.type === 'array') return { maxItems: LIST_MAX, ...bounded }
  if (bounded.type === 'object' && bounded.additionalProperties !== false) return { maxProperties: FIELDS_MAX, ...bounded }
  return bounded.type === 'string' ? { maxLength: bounded[LONGEST] ?? TEXT_MAX, ...bounded } : bounded
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
  } catch (error) {
    const at = Number(/ position (\d+)/.exec((error as Error).message)?.[1] ?? 0)
    const msg = `JSON decode error at character ${at + 1}: what stands there is no JSON`
    throw new Refusal('invalid', msg, [{ loc: ['body', at], msg, type: 'json_invalid' }])
  }
  inspect(body, ['body'])
  return body
}

/** Looks at `value`, which stands at `loc`. There is one list for all places: a body may have a million of them. */
function inspect(value: unknown, loc: (string | number)[]): void {
  if (typeof value === 'string') inspectText(value, loc)
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw fault(loc, 'Number is too large', 'number_too_large')
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (loc.length > DEPTH_MAX) throw fault(loc, 'Input is nested too deeply', 'value_error')
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) inspectAt(i, value[i])
    return
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw fault(loc, 'Key __proto__ is not allowed', 'value_error')
    inspectText(key, loc)
    inspectAt(key, (value as Record<string, unknown>)[key])
  }

  function inspectAt(key: string | number, part: unknown) {
    loc.push(key)
    inspect(part, loc)
    loc.pop()
  }
}

/** More marks on one letter than any language writes. To put them in order takes the square of their number, here and in PostgreSQL. */
const PILED = /(?<!\p{M})\p{M}{101}/u

/** PostgreSQL can't store a NUL byte, half a surrogate pair is no text at all, and a hundred marks on a letter are none that is read. */
export function inspectText(text: string, loc: (string | number)[]): void {
  if (text.includes('\0')) throw fault(loc, 'Text may not contain a NUL character', 'string_unicode')
  if (!text.isWellFormed()) throw fault(loc, 'Text is not well-formed Unicode', 'string_unicode')
  if (PILED.test(text)) throw fault(loc, 'Text has too many marks on one letter', 'string_unicode')
}

const fault = (loc: (string | number)[], msg: string, type: string) => new Refusal('invalid', msg, [{ loc, msg, type }])
