import Type, { type TObject, type TProperties, type TSchema } from 'typebox'
import { countries } from '../../core/countries.data.ts'
import { currencyCodes } from '../../core/currencies.ts'
import { languages } from '../../core/languages.data.ts'

/** Words that many schemas share. Each is plain TypeBox: step out of them whenever they don't fit. */

export const uuid = Type.String({ format: 'uuid' })
/** A moment, e.g. `2022-09-07T16:35:18.484507+00:00`. */
export const instant = Type.String({ format: 'date-time' })
/** A calendar day, e.g. `2023-02-28`. */
export const day = Type.String({ format: 'date' })
/** Minor units of a currency. */
export const minor = Type.Integer()

/** How many characters a text may have that the contract sets no bound to, where it is not the usual number; see `validation.ts`. */
export const LONGEST = '~longest'
/** As long as the whole body: a file in base64, a token that carries a query. */
export const endless = Type.String({ [LONGEST]: Number.MAX_SAFE_INTEGER })
/** What is written for a mail or a page. */
export const prose = Type.String({ [LONGEST]: 100_000 })
/** The same, and not empty. */
export const someProse = Type.String({ minLength: 1, [LONGEST]: 100_000 })

export const text = (maxLength: number, minLength = 1) => Type.String({ minLength, maxLength })

/** May be left out or null in a request. */
export const opt = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
/** Is null in an answer when there is no value. */
export const orNull = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
/** Always in the answer, null when there is no value. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A closed object: a key it doesn't know is refused. */
export const strict = { additionalProperties: false } as const

/** An object by its name in the description. */
export const named = <P extends TProperties>($id: string, fields: P) => Type.Object(fields, { $id })
/** The same, closed. */
export const closed = <P extends TProperties>($id: string, fields: P) => Type.Object(fields, { $id, ...strict })

/** One of these words. */
export const word = <const T extends readonly string[]>(values: T, options: Record<string, unknown> = {}) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options })

export const Currency = word(currencyCodes, { $id: 'CurrencyEnum' })
export const Country = word(countries, { $id: 'AllowedCountries' })
export const Language = word(languages, { $id: 'LanguageCodeEnum' })

/** Free JSON that the partner keeps with an object; at most 2,000 bytes once written out. */
export const Metadata = Type.Object({}, { additionalProperties: true })
export const PartnerMetadata = named('PartnerMetadata', { metadata: Metadata })
export const PartnerMetadataResponse = named('PartnerMetadataResponse', { metadata: orNull(Metadata) })

/** Fields that every object has. */
export const stamped = { id: uuid, created_at: instant, updated_at: instant }

/** The filters that lists have on the moment of creation. */
export const createdAt = { created_at__gt: instant, created_at__lt: instant, created_at__gte: instant, created_at__lte: instant }

/** One page of a list. */
export const pageOf = <T extends TSchema>(item: T, $id: string) =>
  named($id, {
    data: Type.Array(item),
    next_pagination_token: orNull(Type.String()),
    prev_pagination_token: orNull(Type.String()),
  })

/** A whole list, unpaged. */
export const listOf = <T extends TSchema>(item: T, $id: string) => named($id, { data: Type.Array(item) })

/** `{ tag_id }` in the path. */
export const byId = <const Name extends string>(...names: Name[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, uuid])) as Record<Name, typeof uuid>) as TObject<
    Record<Name, typeof uuid>
  >

/** An address of the web. */
export const url = Type.String({ format: 'uri', minLength: 1, maxLength: 2083 })

/** Nothing but the status. */
export const nothing = Type.Null()

export type { TObject, TProperties, TSchema }

/**
 * JSON that is already text: it is passed on as it stands. In rows it comes from the database, where it was put together.
 */
export class RawJson {
  readonly #parts: readonly string[]
  /** `parts` stand one after the other; a page of documents has hundreds, which are never put together before they are sent. */
  constructor(...parts: readonly string[]) {
    this.#parts = parts
  }
  get text(): string {
    return this.#parts.join('')
  }
  /** This and what else makes a larger text. */
  get parts(): readonly string[] {
    return this.#parts
  }
  /** What is sent. */
  get bytes(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0))
    let at = 0
    for (const part of this.#parts) at += bytes.write(part, at)
    return bytes
  }
  /** What the driver sends for it. */
  toPostgres(): string {
    return this.text
  }
}
