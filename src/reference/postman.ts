import type { ApiOperation, ApiParameter } from '../platform/http/openapi.ts'
import type { Described } from './describe.ts'

/**
 * The API as a collection of Postman (format 2.1): a folder for each area, a request for each operation with its example body. Its variables
 * are all that somebody fills in; the request for a token keeps the token, and making an entity keeps its id.
 */

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

interface Named {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly disabled?: true
}
interface Item {
  readonly name: string
  readonly event?: readonly object[]
  readonly request: {
    readonly method: string
    readonly description: string
    readonly auth?: object
    readonly header: readonly Named[]
    readonly url: {
      readonly raw: string
      readonly host: readonly string[]
      readonly path: readonly string[]
      readonly query?: readonly Named[]
      readonly variable?: readonly Named[]
    }
    readonly body?: object
  }
}
export interface PostmanCollection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: string }
  readonly auth: object
  readonly variable: readonly Named[]
  readonly item: readonly { readonly name: string; readonly description: string; readonly item: readonly Item[] }[]
}

/** What is kept of an answer, for the requests that follow: the variable, and the field it comes from. */
const KEPT: Readonly<Record<string, readonly [variable: string, field: string]>> = {
  post_auth_token: ['token', 'access_token'],
  post_entities: ['entity_id', 'id'],
}

/** @param base address of the server, up to `/v1` */
export function postmanCollection({ paths, tags }: Described['document'], base: string): PostmanCollection {
  const items = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ tag: operation.tags[0], item: itemOf(method, path, operation) })),
  )
  return {
    info: {
      name: 'Quittance',
      description:
        'Set `client_id` and `client_secret`, send "Create a token" in the folder "auth", then any other request. Requests about an entity go to the one in `entity_id`.',
      schema: SCHEMA,
    },
    auth: bearer('{{token}}'),
    variable: [
      { key: 'base_url', value: base },
      { key: 'client_id', value: '' },
      { key: 'client_secret', value: '' },
      { key: 'token', value: '' },
      { key: 'entity_id', value: '' },
    ],
    item: tags
      .map(({ name, description = '' }) => ({
        name,
        description,
        item: items.filter(({ tag }) => tag === name).map(({ item }) => item),
      }))
      .filter(({ item }) => item.length > 0),
  }
}

const bearer = (value: string) => ({ type: 'bearer', bearer: [{ key: 'token', value, type: 'string' }] })

function itemOf(method: string, path: string, operation: ApiOperation): Item {
  const { operationId, summary, description, parameters, requestBody, security } = operation
  const of = (where: string) => parameters.filter((one) => one.in === where)
  const query = of('query').map((one) => ({ ...named(one), ...(!one.required && { disabled: true as const }) }))
  // In a path a variable is a part of its own.
  const parts = path
    .slice(1)
    .replaceAll(/\{(\w+)\}/g, ':$1')
    .split('/')
  const kept = KEPT[operationId]
  const shown = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`)
  return {
    name: summary,
    ...(kept && {
      event: [
        {
          listen: 'test',
          script: {
            type: 'text/javascript',
            exec: [`if (pm.response.code < 300) pm.collectionVariables.set('${kept[0]}', pm.response.json().${kept[1]})`],
          },
        },
      ],
    }),
    request: {
      method: method.toUpperCase(),
      description,
      ...(security?.length === 0 && { auth: { type: 'noauth' } }),
      header: of('header').map(headerOf),
      url: {
        raw: `{{base_url}}/${parts.join('/')}${shown.length > 0 ? `?${shown.join('&')}` : ''}`,
        host: ['{{base_url}}'],
        path: parts,
        ...(query.length > 0 && { query }),
        ...(of('path').length > 0 && {
          variable: of('path').map((one) => ({ ...named(one), ...(one.name === 'entity_id' && { value: '{{entity_id}}' }) })),
        }),
      },
      ...(requestBody && { body: bodyOf(operationId, requestBody) }),
    },
  }
}

const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)

const named = ({ name, description, example }: ApiParameter): Named => ({
  key: name,
  value: text(Array.isArray(example) ? example[0] : example),
  ...(description && { description }),
})

/** Headers that somebody has to think about are there and switched off. */
function headerOf(parameter: ApiParameter): Named {
  const header = named(parameter)
  if (header.key === 'x-monite-entity-id') return { ...header, value: '{{entity_id}}' }
  if (header.key === 'x-monite-version') return { ...header, value: '2024-05-25' }
  return { ...header, value: '', disabled: true }
}

function bodyOf(operationId: string, { content }: NonNullable<ApiOperation['requestBody']>): object {
  const json = content['application/json']
  if (json) {
    const example =
      operationId === 'post_auth_token'
        ? { grant_type: 'client_credentials', client_id: '{{client_id}}', client_secret: '{{client_secret}}' }
        : (json.example ?? {})
    return { mode: 'raw', raw: JSON.stringify(example, null, 2), options: { raw: { language: 'json' } } }
  }
  const [[type, media] = ['', undefined]] = Object.entries(content)
  if (type === 'multipart/form-data')
    return {
      mode: 'formdata',
      formdata: Object.entries(media?.schema.properties ?? {}).map(([key, field]) =>
        field.format === 'binary' ? { key, type: 'file', src: [] } : { key, type: 'text', value: '' },
      ),
    }
  return { mode: 'file', file: {} }
}
