import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchema,
  FastifyTypeProvider,
  RawServerDefault,
  RouteHandlerMethod,
  RouteShorthandOptions,
} from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { ActionName, ObjectType } from '../auth/permissions.ts'
import type { Ctx } from '../database/context.ts'
import type { Names } from './naming.ts'
import type { RawJson } from './types.ts'

/**
 * Who may call: an object and action of a role (several mean any of them), `partner` for partner tokens only, `user` for
 * entity users only, `any` for every live token, `anyone` without a token at all.
 */
type May = `${ObjectType}:${ActionName}` | 'partner' | 'user' | 'any' | 'anyone'

/**
 * Where the entity comes from: the header (needed with a partner token), the header if it is there, `entity_id` in the path,
 * or nowhere: the operation is about the partner.
 */
type EntityFrom = 'header' | 'optional' | 'path' | 'none'

export interface Operation {
  /** Its name in the contract, e.g. `patch_tags_id`: see `nameOf`. Known once its route is registered. */
  id: string
  readonly summary: string
  readonly may: May | readonly May[]
  readonly entity: EntityFrom
  readonly status: number
  /** `request`: the platform opens the transaction. `manual`: the handler does, e.g. because a file arrives first. */
  readonly transaction: 'request' | 'manual'
  /** A GET that may write, e.g. because asking for a PDF orders it. */
  readonly writes?: boolean
  /** Its work ends with `Ctx.conclude`, and nothing follows in its transaction. */
  readonly concludes?: boolean
  /** Whoever reads it stands in the audit log, also where reading otherwise leaves no trace. */
  readonly recorded?: boolean
  /** The bytes of the body are kept as `request.bytes`, for a signature to be checked against. */
  readonly raw?: boolean
  /** Fields of a multipart form, for the description only: the handler reads the parts. */
  readonly form?: TSchema
  /** Content type of the answer when it isn't JSON. */
  readonly produces?: string
  /** Further error statuses worth naming in the description. */
  readonly refuses: readonly number[]
  /** What ids in the request name, where their place doesn't say it: see `naming.ts`. */
  readonly names?: Names
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
    /** A route that is not an operation and asks for no token. Its callers are counted by address, unless it is `uncounted`. */
    open?: true | 'uncounted'
  }
  interface FastifyRequest {
    ctx: Ctx
    /** The body as it came, of operations that declare `raw`. */
    bytes: Buffer | null
  }
}

/** Lets Fastify see the static types of TypeBox schemas. Answers may also be JSON text that the database put together. */
interface Typebox extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: this['schema'] extends TSchema ? Static<this['schema']> | RawJson : unknown
}

/** The ids that a path names: `{ tag_id: string }` of `/tags/:tag_id`. */
type IdsIn<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? { [N in Name]: string } & IdsIn<More>
    : { [N in Rest]: string }
  : unknown
type RouteAt<Path extends string, Schema> = {
  Params: Schema extends { params: infer P extends TSchema } ? (TSchema extends P ? IdsIn<Path> : Static<P>) : IdsIn<Path>
}
/** Adds a route as Fastify does, and knows the ids of its path, which are UUIDs where the operation says nothing of them. */
type AddRoute = <const Path extends string, Config, const Schema extends FastifySchema>(
  path: Path,
  options: RouteShorthandOptions<Raw, In, Out, RouteAt<Path, Schema>, Config, Schema, Typebox, FastifyBaseLogger>,
  handler: RouteHandlerMethod<Raw, In, Out, RouteAt<Path, Schema>, Config, Schema, Typebox, FastifyBaseLogger>,
) => unknown
type Raw = RawServerDefault
type In = IncomingMessage
type Out = ServerResponse

export type App = Readonly<Record<'get' | 'post' | 'put' | 'patch' | 'delete', AddRoute>> &
  FastifyInstance<Raw, In, Out, FastifyBaseLogger, Typebox>
/** A module's routes. */
export type Routes = (app: App) => Promise<void>

interface Declaration<P extends TSchema, Q extends TSchema, B extends TSchema, R extends Record<number, TSchema>> {
  summary: string
  may: May | readonly May[]
  entity?: EntityFrom
  params?: P
  query?: Q
  body?: B
  form?: TSchema
  produces?: string
  /** The one success status and what it answers. */
  ok: R
  refuses?: readonly number[]
  transaction?: 'manual'
  writes?: boolean
  concludes?: boolean
  recorded?: boolean
  raw?: boolean
  names?: Names
}

/**
 * Everything an operation declares, as Fastify's own `{ schema, config }`. The OpenAPI document, the permission check and the
 * status of the answer all come from here.
 */
export function operation<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends Record<number, TSchema> = Record<number, TSchema>,
>(declared: Declaration<P, Q, B, R>) {
  const { params, query, body, ok, ...said } = declared
  const status = Number(Object.keys(ok)[0])
  const config = {
    operation: { id: '', entity: 'header', transaction: 'request', refuses: [], ...said, status } satisfies Operation,
  }
  const schema = {
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    response: ok,
  } as { params: P; querystring: Q; body: B; response: R }
  return { schema, config }
}

/** What the contract calls an operation: its method and its path, `patch_tags_id` for `PATCH /tags/:tag_id`. */
export const nameOf = (method: string, path: string) => method.toLowerCase() + path.replace(/:\w+/g, 'id').replace(/[/.-]+/g, '_')
/** The ids that a path names. */
export const idsIn = (path: string): string[] => Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name ?? '')
