import { refusalCodes } from '../../core/refusal.ts'
import type { Machinery } from '../machinery.ts'
import { createApp } from './app.ts'
import { KEY_MAX } from './idempotency.ts'
import { BAD_TOKEN } from './listing.ts'
import type { App, Operation, Routes } from './operation.ts'
import { LONGEST } from './types.ts'

type Json = Record<string, unknown>

/** An OpenAPI document, as far as this project writes one. */
export interface ApiDocument {
  openapi: string
  info: object
  servers: object[]
  security: object[]
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, ApiOperation>>
  components: { securitySchemes: object; schemas: Record<string, ApiSchema> }
}
export interface ApiOperation {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security?: object[]
  parameters: ApiParameter[]
  requestBody?: { required: boolean; content: Record<string, ApiMedia> }
  responses: Record<string, { description: string; content?: Record<string, ApiMedia> }>
}
export interface ApiParameter {
  name: string
  in: string
  required: boolean
  schema: ApiSchema
  description?: string
  example?: unknown
}
export interface ApiMedia {
  schema: ApiSchema
  example?: unknown
}
export interface ApiSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  maxLength?: number
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  examples?: readonly unknown[]
  description?: string
  required?: readonly string[]
  properties?: Record<string, ApiSchema>
  items?: ApiSchema
  anyOf?: readonly ApiSchema[]
  oneOf?: readonly ApiSchema[]
  allOf?: readonly ApiSchema[]
}

const STATUS_WORDS: Record<number, string> = {
  400: 'The request makes no sense as it stands',
  401: 'No token, or one that is no longer valid',
  403: 'The caller may not do this',
  404: 'There is no such object for this caller',
  405: 'The method is not offered at this address',
  406: 'The pagination token is not one of this list',
  409: 'It clashes with the present state',
  413: 'The body is too large',
  422: 'A field is missing or wrong',
  429: 'Too many requests',
  500: 'A fault of the server',
}

/** The OpenAPI 3.1 document of these modules, made from what their operations declare. Needs no database. */
export async function openApiDocument(modules: readonly Routes[]): Promise<ApiDocument> {
  const app = createApp(undeclared, modules)
  await app.ready()
  return documentOf(app)
}

/** Machinery for a process that only describes itself: any use of it is a bug. */
const undeclared = {
  config: { rate_limit: 0, cors_origin: '*', trust_proxy: '', body_limit_bytes: 1_000_000 },
  log: {
    info() {},
    error() {},
    debug() {},
    warn() {},
    fatal() {},
    trace() {},
    silent() {},
    child: () => undeclared.log,
    level: 'silent',
  },
  db: { pool: {}, clock: { now: () => new Date(0), moved: false }, prepare: true },
} as unknown as Machinery

export function documentOf(app: App): ApiDocument {
  const components: Record<string, ApiSchema> = {}
  const paths: ApiDocument['paths'] = {}
  for (const { method, url, operation, schema } of app.operations) {
    const path = url.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][method.toLowerCase()] = describe(method, operation, url, schema, components)
  }
  components.ErrorSchemaResponse = errorSchema
  components.HTTPValidationError = validationSchema
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quittance API',
      version: '2024-05-25',
      description:
        'Accounts payable and receivable for platforms that embed finance. Amounts are in minor units, rates in hundredths of a percent.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/v1' }],
    security: [{ bearer: [] }],
    tags: [...new Set(app.operations.map(({ url }) => tagOf(url)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'From POST /auth/token' } },
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

/** What an operation is about: the first name of its path, behind `/internal` and `/x`. */
const tagOf = (url: string) =>
  url
    .replace(/^\/(internal|x)(?=\/)/, '')
    .split('/')[1]!
    .replaceAll('_', ' ')

function describe(
  method: string,
  operation: Operation,
  url: string,
  schema: Json,
  components: Record<string, ApiSchema>,
): ApiOperation {
  const { id, summary, entity, may, status, form, produces, refuses } = operation
  const parameters: ApiParameter[] = []
  for (const [where, part] of [
    ['path', schema.params],
    ['query', schema.querystring],
  ] as const) {
    const { properties = {}, required = [] } = (part ?? {}) as { properties?: Record<string, Json>; required?: string[] }
    for (const [name, value] of Object.entries(properties))
      parameters.push({
        name,
        in: where,
        required: where === 'path' || required.includes(name),
        schema: refer(value, components),
      })
  }
  parameters.push({
    name: 'x-monite-version',
    in: 'header',
    required: false,
    schema: { type: 'string', format: 'date', default: '2024-05-25' },
  })
  if (entity === 'header' || entity === 'optional')
    parameters.push({
      name: 'x-monite-entity-id',
      in: 'header',
      required: false,
      schema: { type: 'string', format: 'uuid' },
      description: 'The entity to act in; needed with a partner token.',
    })

  if (method !== 'GET' && may !== 'anyone')
    parameters.push({ name: 'idempotency-key', in: 'header', required: false, schema: { type: 'string', maxLength: KEY_MAX } })
  if (method !== 'GET' && operation.transaction === 'request')
    parameters.push({ name: 'x-dry-run', in: 'header', required: false, schema: { type: 'string', enum: ['true'] } })

  const ok = (schema.response as Record<number, Json>)[status]
  const body = schema.body as Json | undefined
  const errors = new Set([400, 401, 403, 404, 405, 409, 422, 429, 500, ...refuses])
  if (may === 'anyone') for (const none of [403, 404]) if (!refuses.includes(none)) errors.delete(none)
  for (const refused of refusedBy(schema.querystring)) errors.add(refused)
  const content =
    status === 204
      ? {}
      : {
          content: produces
            ? { [produces]: { schema: { type: 'string', format: 'binary' } } }
            : { 'application/json': { schema: refer(ok ?? {}, components) } },
        }
  return {
    operationId: id,
    summary,
    tags: [tagOf(url)],
    description: mayWords(may),
    ...(may === 'anyone' && { security: [] }),
    parameters,
    ...(body && {
      requestBody: { required: !('~optional' in body), content: { 'application/json': { schema: refer(body, components) } } },
    }),
    ...(form && {
      // A form of which every part may be left out may be left out as a whole.
      requestBody: {
        required: ((form as { required?: unknown[] }).required ?? []).length > 0,
        content: { 'multipart/form-data': { schema: refer(form as unknown as Json, components) } },
      },
    }),
    responses: {
      [status]: { description: status === 204 ? 'Done' : 'Success', ...content },
      ...Object.fromEntries(
        [...errors].sort().map((code) => [
          code,
          {
            description: STATUS_WORDS[code] ?? 'Refused',
            content: {
              'application/json': {
                schema: { $ref: `#/components/schemas/${code === 422 ? 'HTTPValidationError' : 'ErrorSchemaResponse'}` },
              },
            },
          },
        ]),
      ),
    },
  }
}

/** The status that a list answers to a pagination token of another list. */
const refusedBy = (query: unknown): number[] => (query as { [BAD_TOKEN]?: number[] } | undefined)?.[BAD_TOKEN] ?? []

function mayWords(may: Operation['may']): string {
  if (may === 'anyone') return 'Needs no token.'
  if (may === 'any') return 'For every live token.'
  if (may === 'partner') return 'For partner tokens.'
  if (may === 'user') return 'For entity users.'
  return `For partner tokens, and users whose role allows ${[may]
    .flat()
    .map((m) => `\`${m.replace(':', '.')}\``)
    .join(' or ')}.`
}

/** The schema with each named part moved to the components. */
function refer(schema: object, components: Record<string, ApiSchema>): ApiSchema {
  const { $id, ...rest } = schema as Json
  const walked = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => key !== LONGEST)
      .map(([key, value]) => [key, held(key, value)]),
  )
  if (typeof $id !== 'string') return walked
  components[$id] ??= walked
  return { $ref: `#/components/schemas/${$id}` }

  /** Names of fields are no words of the schema: a field may be called `default`. */
  function held(key: string, value: unknown): unknown {
    if (key === 'enum' || key === 'default') return value
    if (key !== 'properties') return within(value, components)
    return Object.fromEntries(Object.entries(value as Json).map(([name, field]) => [name, within(field, components)]))
  }
}

function within(value: unknown, components: Record<string, ApiSchema>): unknown {
  if (Array.isArray(value)) return value.map((item) => within(item, components))
  return typeof value === 'object' && value !== null ? refer(value, components) : value
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message'],
      properties: {
        message: { type: 'string', description: 'What went wrong, and what to do, in a sentence.' },
        code: { type: 'string', enum: refusalCodes, description: 'What went wrong, for programs: it stays the same.' },
        doc_url: { type: 'string', format: 'uri', description: 'Where the documentation says what to do.' },
      },
    },
  },
}
const validationSchema = {
  type: 'object',
  properties: {
    detail: {
      type: 'array',
      items: {
        type: 'object',
        required: ['loc', 'msg', 'type'],
        properties: {
          loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
          msg: { type: 'string' },
          type: { type: 'string' },
        },
      },
    },
  },
}
