/** Every way the product says no. Anything else that is thrown is a bug. */
export type RefusalKind =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'not_acceptable'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'misdirected'
  | 'failed_dependency'
  | 'too_many_requests'

/**
 * What went wrong, for programs: words that stay the same while messages may change. Each kind has the word of its own name where nothing
 * more particular is known; docs/errors.md says of every word what to do.
 */
export const refusalCodes = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'too_large',
  'unsupported',
  'misdirected',
  'failed_dependency',
  'too_many_requests',
  'invalid_request',
  'pagination_token_of_another_list',
  'token_missing',
  'token_malformed',
  'token_expired',
  'token_unknown',
  'permission_missing',
  'partner_token_needed',
  'user_token_needed',
  'entity_inactive',
  'not_in_sandbox',
  'unknown_address',
  'method_not_offered',
  'wrong_state',
  'already_exists',
  'in_use',
  'rule_of_the_books',
  'idempotency_key_reused',
  'rate_limit',
  'busy',
  'unavailable',
  'disk_full',
  'internal',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

const CODES = { invalid: 'invalid_request', not_acceptable: 'pagination_token_of_another_list' } as const

/** One thing wrong with an input: where it is, what to tell the caller, and a stable word for programs. */
export interface RefusalDetail {
  loc: (string | number)[]
  msg: string
  type: string
}

/** A no that is part of the product. Its message goes to the caller as it stands, so it is written for them. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly code: RefusalCode
  readonly details?: readonly RefusalDetail[]

  constructor(kind: RefusalKind, message: string, details?: readonly RefusalDetail[], code?: RefusalCode) {
    super(message)
    this.name = 'Refusal'
    this.kind = kind
    this.code = code ?? (kind === 'invalid' || kind === 'not_acceptable' ? CODES[kind] : kind)
    this.details = details
  }
}

/** The request is well formed, but what it asks for makes no sense. */
export const badRequest = (message: string): Refusal => new Refusal('bad_request', message)

/** Nobody knows who is asking. */
export const unauthorized = (message: string, code?: RefusalCode): Refusal =>
  new Refusal('unauthorized', message, undefined, code)

/** It is known who is asking, and they may not. */
export const forbidden = (message: string, code?: RefusalCode): Refusal => new Refusal('forbidden', message, undefined, code)

/** It does not exist, or the caller must not learn that it does. */
export const notFound = (message: string, code?: RefusalCode): Refusal => new Refusal('not_found', message, undefined, code)

/** An id that a request names, and nobody has. */
export const noSuch = (noun: string, id: string): Refusal => notFound(`There is no ${noun} by provided id: ${id}`)

/** None of the representations on offer is one the caller accepts. */
export const notAcceptable = (message: string): Refusal => new Refusal('not_acceptable', message)

/** It clashes with the state things are in now; later, or elsewhere, the same request may pass. */
export const conflict = (message: string, code?: RefusalCode): Refusal => new Refusal('conflict', message, undefined, code)

/** More bytes or items than will be taken. */
export const tooLarge = (message: string): Refusal => new Refusal('too_large', message)

/** A media type or format that isn't handled. */
export const unsupported = (message: string): Refusal => new Refusal('unsupported', message)

/** It leads to a place that is not asked on anybody's behalf. */
export const misdirected = (message: string): Refusal => new Refusal('misdirected', message)

/** Something outside that it needs did not work. */
export const failedDependency = (message: string): Refusal => new Refusal('failed_dependency', message)

/** Too often in too short a time. */
export const tooManyRequests = (message: string, code?: RefusalCode): Refusal =>
  new Refusal('too_many_requests', message, undefined, code)

/** Particular fields are missing or wrong: the message reads them out one after the other. */
export const invalid = (details: readonly RefusalDetail[]): Refusal =>
  new Refusal('invalid', details.map((detail) => detail.msg).join('; '), details)

/** One value that can not be, in its place, e.g. `['body', 'url']`. */
export const invalidAt = (loc: RefusalDetail['loc'], msg: string): Refusal => invalid([{ loc, msg, type: 'value_error' }])

/** For `catch`: what follows a refusal, or one of a kind. Whatever else went wrong is thrown again. */
export const ifRefused =
  <T>(follow: (refusal: Refusal) => T, kind?: RefusalKind) =>
  (error: unknown): T => {
    if (error instanceof Refusal && (kind === undefined || error.kind === kind)) return follow(error)
    throw error
  }

/** Why this is refused; null when it is not. */
export function refusalOf(work: () => unknown): string | null {
  try {
    work()
    return null
  } catch (error) {
    return ifRefused((refusal) => refusal.message)(error)
  }
}
