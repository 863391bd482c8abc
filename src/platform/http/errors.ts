import type { ErrorObject } from 'ajv'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { conflict, Refusal, type RefusalCode, type RefusalDetail, type RefusalKind, tooManyRequests } from '../../core/refusal.ts'
import { unfitData } from '../database/attempt.ts'
import { QueueFull } from '../fair-queue.ts'
import { link } from '../files/links.ts'
import { TemplateError } from '../templates/templates.ts'
import { wayToFind } from './way-out.ts'

const statusOf: Record<RefusalKind, number> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  not_acceptable: 406,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  misdirected: 421,
  failed_dependency: 424,
  too_many_requests: 429,
}

/** The body clients know for "too large" stands at top level. */
const TOO_LARGE = { message: 'Request size limit exceeded' }

/** The one place where an error becomes an answer. What isn't a refusal is a bug: 500, a short message, the cause in the log. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const refusal = error instanceof Refusal ? error : translate(error)
  if (!refusal && isFull(error)) {
    request.log.error({ err: error, request_id: request.id }, 'a disk is full')
    return reply
      .code(507)
      .header('retry-after', '60')
      .send(errorBody('disk_full', 'There is no room left on the disk: nothing was changed. Free some, then try again'))
  }
  if (!refusal && isAway(error)) {
    request.log.error({ err: error, request_id: request.id }, 'the database is away, or busy for too long')
    return reply
      .code(503)
      .header('retry-after', '1')
      .send(errorBody('unavailable', 'The service is not available at the moment, please try again'))
  }
  if (!refusal) {
    request.log.error({ err: error, request_id: request.id }, 'request failed')
    return reply.code(500).send(errorBody('internal', 'Internal server error'))
  }
  if (error instanceof QueueFull) reply.header('retry-after', '1')
  if (refusal.kind === 'unauthorized') reply.header('www-authenticate', 'Bearer')
  // These bodies have a form of their own, without a place for a link.
  if (refusal.kind === 'invalid' || refusal.kind === 'too_large') reply.header('link', `<${helpFor(refusal.code)}>; rel="help"`)
  return reply.code(statusOf[refusal.kind]).send(bodyOf(refusal, wayToFind(refusal.message, request)))
}

/** A disk is full: the database's (53100) or the one that files lie on. */
const isFull = ({ code = '' }: { code?: string }) => code === '53100' || code === 'ENOSPC' || code === 'EDQUOT'

/**
 * The database is stopping, starting, full of connections or out of reach; a statement waited too long for a lock (55P03), ran out of time
 * (57014), or got into the way of others each time that it was tried (40001, 40P01); the partner is being moved to another database (QT503);
 * or a mail could not be made in time. Nothing was done, and trying again may help.
 */
const isAway = (error: { code?: string; message?: string }) =>
  /^(57P0[1-3]|57014|55P03|40001|40P01|QT503|08|53|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT)/.test(error.code ?? '') ||
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|connection error and is not queryable/.test(
    error.message ?? '',
  ) ||
  error instanceof TemplateError

/** The body of an answer that refuses; `wayOut` goes on with its message. */
export function bodyOf(refusal: Refusal, wayOut = ''): unknown {
  if (refusal.kind === 'too_large') return TOO_LARGE
  if (refusal.kind === 'invalid')
    return { detail: shown(refusal.details ?? [{ loc: ['body'], msg: refusal.message, type: 'value_error' }]) }
  return errorBody(refusal.code, `${refusal.message}${wayOut}`)
}

/** The line of docs/errors.md that says what to do. */
const helpFor = (code: RefusalCode) => link(`/docs/errors#${code}`)
const errorBody = (code: RefusalCode, message: string) => ({ error: { message, code, doc_url: helpFor(code) } })

/** Faults that an answer names. */
const SHOWN_MAX = 24

/** The first faults of many, and a last one that says there are more. */
const shown = (details: readonly RefusalDetail[]): readonly RefusalDetail[] =>
  details.length <= SHOWN_MAX
    ? details
    : [
        ...details.slice(0, SHOWN_MAX),
        {
          loc: details[0]!.loc.slice(0, 1),
          msg: `There are more faults; these are the first ${SHOWN_MAX}`,
          type: 'too_many_faults',
        },
      ]

export const statusOfRefusal = (refusal: Refusal) => statusOf[refusal.kind]

/** Refusals of the framework and of PostgreSQL, in our own words; null for anything unexpected. */
function translate(error: FastifyError & { table?: string; constraint?: string; severity?: string }): Refusal | null {
  if (error.validation) {
    const at =
      error.validationContext === 'querystring'
        ? 'query'
        : error.validationContext === 'params'
          ? 'path'
          : (error.validationContext ?? 'body')
    return new Refusal('invalid', 'The request is not valid', describe(error.validation as ErrorObject[], at))
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Refusal('too_large', TOO_LARGE.message)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Refusal('invalid', 'Unexpected content type', [
        {
          loc: ['header', 'content-type'],
          msg: 'This operation does not take that content type: send application/json',
          type: 'value_error',
        },
      ])
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Refusal('bad_request', 'The body does not have the announced length')
  }
  if (error instanceof QueueFull)
    return tooManyRequests('Too many mails and previews of yours are being made, please try again in a moment', 'busy')
  if (error.severity && typeof error.code === 'string') return unfitData(error) ?? translateSql(error)
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) return new Refusal('bad_request', error.message)
  return null
}

const constraints = new Map<string, Refusal>()
/** Tells what to answer when this constraint of the database stands in the way. */
export const nameConstraint = (constraint: string, refusal: Refusal) => void constraints.set(constraint, refusal)

/** PostgreSQL's own refusals of promises that would be broken, by SQLSTATE. */
function translateSql({ code, constraint, message }: { code: string; constraint?: string; message: string }): Refusal | null {
  const known = constraint && constraints.get(constraint)
  if (known) return known
  // Raised by our own triggers, in words for people.
  if (code === 'QT001') return conflict(message, 'rule_of_the_books')
  if (code === '23505')
    return conflict(`This already exists${constraint ? ` (${constraint.replaceAll('_', ' ')})` : ''}`, 'already_exists')
  if (code === '23503') return conflict('It refers to something that does not exist, or something refers to it', 'in_use')
  if (code === '23514')
    return conflict(
      `This would break a rule of the books${constraint ? ` (${constraint.replaceAll('_', ' ')})` : ''}`,
      'rule_of_the_books',
    )
  return null
}

const wordFor: Record<string, string> = {
  required: 'missing',
  additionalProperties: 'extra_forbidden',
  enum: 'enum',
  const: 'literal_error',
  maxLength: 'string_too_long',
  minLength: 'string_too_short',
  pattern: 'string_pattern_mismatch',
  minimum: 'greater_than_equal',
  maximum: 'less_than_equal',
  exclusiveMinimum: 'greater_than',
  exclusiveMaximum: 'less_than',
  maxItems: 'too_long',
  minItems: 'too_short',
  maxProperties: 'too_long',
}

const typeWords: Record<string, string> = {
  string: 'string_type',
  integer: 'int_type',
  number: 'float_type',
  boolean: 'bool_type',
  array: 'list_type',
  object: 'dict_type',
  null: 'none_required',
}

const formatWords: Record<string, string> = {
  uuid: 'uuid_parsing',
  date: 'date_parsing',
  'date-time': 'datetime_parsing',
  uri: 'url_parsing',
}

/** What a value of the format looks like, where its name does not say it. */
const formatExamples: Record<string, string> = {
  date: ', such as 2026-11-30',
  'date-time': ', such as 2026-11-30T09:00:00Z',
  uri: ', such as https://example.com',
}

/** Fields that hold amounts: who sends euros is told of cents. */
const AMOUNT = /amount|price|value|total/
const MINOR_UNITS = "; amounts are whole numbers of the currency's smallest unit: 120.50 EUR is 12050"

/**
 * Faults of a value, each with its place and a sentence: as many as an answer names, and one more if there is one. Of a union only the
 * branch that fits best is explained, of a list that is too long nothing but that.
 */
export function describe(errors: ErrorObject[], at: string): RefusalDetail[] {
  const tooLong = errors.filter((e) => e.keyword === 'maxItems' || e.keyword === 'maxProperties').map((e) => `${e.instancePath}/`)
  const isTold = ({ instancePath }: ErrorObject) => !tooLong.some((path) => instancePath.startsWith(path))
  const details = errors.filter((e) => e.keyword !== 'anyOf' && e.keyword !== 'oneOf' && e.keyword !== 'if' && isTold(e))
  const described = new Map<string, RefusalDetail>()
  for (const error of joined(details.length > 0 ? bestBranch(details) : errors)) {
    const detail = detailOf(error, at)
    described.set(JSON.stringify(detail), detail)
    if (described.size > SHOWN_MAX) break
  }
  return [...described.values()]
}

/** Branches that each allow other values of one field are told as one list of values. */
function joined(errors: readonly ErrorObject[]): ErrorObject[] {
  const lists = new Map<string, ErrorObject>()
  return errors.flatMap((error) => {
    if (error.keyword !== 'enum') return [error]
    const { instancePath, params } = error
    const first = lists.get(instancePath)
    if (!first) {
      const own: ErrorObject = { ...error, params: { allowedValues: [...params.allowedValues] } }
      lists.set(instancePath, own)
      return [own]
    }
    const { allowedValues } = first.params
    for (const value of params.allowedValues) if (!allowedValues.includes(value)) allowedValues.push(value)
    return []
  })
}

/** Where branches of a union failed, "must be null" and the like say nothing as long as another fault says more. */
function bestBranch(errors: ErrorObject[]): ErrorObject[] {
  const telling = errors.filter((e) => !(e.keyword === 'type' && e.params.type === 'null') && e.keyword !== 'const')
  if (telling.length === 0) return errors
  // A branch that fails only deep inside was the one that was meant.
  const branches = new Map<string, ErrorObject[]>()
  for (const e of telling) {
    const branch = /^(.*?\/(?:anyOf|oneOf)\/\d+)/.exec(e.schemaPath)?.[1]
    if (!branch) continue
    const known = branches.get(branch)
    if (known) known.push(e)
    else branches.set(branch, [e])
  }
  if (branches.size < 2) return telling
  const best = [...branches.values()].sort((a, b) => a.length - b.length)[0]!
  return [...telling.filter((e) => !/\/(?:anyOf|oneOf)\/\d+/.test(e.schemaPath)), ...best]
}

function detailOf(error: ErrorObject, at: string): RefusalDetail {
  const path = error.instancePath.split('/').slice(1).map(decodePart)
  const { keyword, params } = error
  if (keyword === 'required')
    return { loc: [at, ...path, params.missingProperty as string], msg: 'Field required', type: 'missing' }
  if (keyword === 'additionalProperties')
    return {
      loc: [at, ...path, brief(params.additionalProperty as string)],
      msg: `Extra inputs are not permitted${params.meant ? `; did you mean ${params.meant}?` : ''}`,
      type: 'extra_forbidden',
    }
  const loc = [at, ...path]
  if (keyword === 'type' && path.length === 0 && at === 'body') return { loc: ['body'], msg: 'Field required', type: 'missing' }
  if (keyword === 'type') {
    const type = [params.type].flat()[0] as string
    const minor = type === 'integer' && AMOUNT.test(String(path.at(-1)))
    return { loc, msg: `Input should be a valid ${type}${minor ? MINOR_UNITS : ''}`, type: typeWords[type] ?? 'type_error' }
  }
  if (keyword === 'format')
    return {
      loc,
      msg: `Input should be a valid ${params.format}${formatExamples[params.format as string] ?? ''}`,
      type: formatWords[params.format as string] ?? 'value_error',
    }
  if (keyword === 'enum' || keyword === 'const') {
    const allowed = ((params.allowedValues ?? [params.allowedValue]) as unknown[]).map((v) => `'${v}'`)
    const shown = allowed.length > 12 ? `${allowed.slice(0, 12).join(', ')} … (${allowed.length} values)` : allowed.join(' or ')
    return { loc, msg: `Input should be ${shown}`, type: wordFor[keyword]! }
  }
  const limit = params.limit as number | undefined
  const sentences: Record<string, string> = {
    maxLength: `String should have at most ${limit} characters`,
    minLength: `String should have at least ${limit} character${limit === 1 ? '' : 's'}`,
    minimum: `Input should be greater than or equal to ${limit}`,
    maximum: `Input should be less than or equal to ${limit}`,
    exclusiveMinimum: `Input should be greater than ${limit}`,
    exclusiveMaximum: `Input should be less than ${limit}`,
    maxItems: `List should have at most ${limit} items`,
    minItems: `List should have at least ${limit} item${limit === 1 ? '' : 's'}`,
    maxProperties: `Object should have at most ${limit} fields`,
    pattern: `String should match ${params.pattern}`,
  }
  return { loc, msg: sentences[keyword] ?? error.message ?? 'The value is not valid', type: wordFor[keyword] ?? 'value_error' }
}

const decodePart = (part: string): string | number => {
  const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(name) ? Number(name) : brief(name)
}

/** A name from outside may be as long as the body, and stands in every fault below it. */
const NAME_MAX = 100
const brief = (name: string): string => (name.length > NAME_MAX ? `${name.slice(0, NAME_MAX).toWellFormed()}…` : name)
